"""Recovery codes: each works once in place of a code from a lost phone."""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import salted_hmac

from ops.db.queryset import QuerySet

HOW_MANY = 10
BYTES = 10  # random bytes per code: too many to guess, so a fast hash is enough


class RecoveryCodeQuerySet(QuerySet["RecoveryCode"]):
    def make_for(self, user) -> list[str]:
        """Replace the codes of `user`; return the new ones, which cannot be read again."""
        codes = [_written(secrets.token_hex(BYTES)) for _ in range(HOW_MANY)]
        with transaction.atomic():
            self.filter(user=user).delete()
            self.bulk_create(self.model(user=user, digest=digest_of(user, code)) for code in codes)
        return codes

    def use(self, user, code: str) -> bool:
        """Use up a code of `user`; return whether it was valid. Of two concurrent uses, one succeeds."""
        deleted, _ = self.filter(user=user, digest=digest_of(user, code)).delete()
        return deleted == 1


class RecoveryCode(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Recovery code {self.pk}"


def digest_of(user, code: str) -> str:
    """Return the hash under which a code of `user` is stored; case and punctuation of the input do not matter."""
    bare = "".join(sign for sign in code.lower() if sign.isalnum())
    return salted_hmac("publishing.recovery_code", f"{user.pk} {bare}", algorithm="sha256").hexdigest()


def _written(code: str) -> str:
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))
