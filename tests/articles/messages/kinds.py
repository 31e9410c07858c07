"""What the worked example about customer messages adds to the data: the urgent kinds, teams and plain words."""

URGENT = {
    "card_payment_not_recognised",
    "card_swallowed",
    "cash_withdrawal_not_recognised",
    "compromised_card",
    "direct_debit_payment_not_recognised",
    "lost_or_stolen_card",
    "lost_or_stolen_phone",
}
# Teams that a company might have, as beginnings or parts of the names of kinds; the first that fits.
TEAMS = {
    "top-ups": ("top_up", "topping", "transfer_into", "balance_not_updated_after_cheque"),
    "transfers": ("transfer", "beneficiary", "receiving"),
    "cash": ("cash", "atm"),
    "payments": ("card_payment", "refund", "charged_twice", "extra_charge"),
    "exchange": ("exchange_", "fiat", "supported_cards"),
    "account": ("identity", "age_", "country", "details", "passcode", "terminate", "source_of"),
    "cards": ("card", "pin", "pay", "contactless"),
}
# The words of the page for the kinds that are confused most often.
IN_WORDS = {
    "balance_not_updated_after_bank_transfer": "transfer not in the balance",
    "card_arrival": "card has not arrived",
    "card_delivery_estimate": "duration of delivery",
    "card_payment_wrong_exchange_rate": "wrong rate, card payment",
    "declined_transfer": "transfer declined",
    "disposable_card_limits": "limits of disposable cards",
    "exchange_via_app": "exchanging in the app",
    "failed_transfer": "transfer failed",
    "fiat_currency_support": "supported currencies",
    "get_disposable_virtual_card": "getting a disposable card",
    "pending_card_payment": "card payment pending",
    "pending_transfer": "transfer pending",
    "top_up_failed": "top-up failed",
    "top_up_reverted": "top-up reversed",
    "unable_to_verify_identity": "identity not accepted",
    "verify_my_identity": "how to prove identity",
    "why_verify_identity": "why to prove identity",
    "wrong_exchange_rate_for_cash_withdrawal": "wrong rate, cash withdrawal",
}


def team_of(kind: str) -> str:
    return next(team for team, parts in TEAMS.items() if any(part in kind.lower() for part in parts))
