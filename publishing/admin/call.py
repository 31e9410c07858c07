"""The part of a form that says what the page asks its reader to do."""

CALL = (
    "Call to action",
    {
        "classes": ["collapse"],
        "fields": ["call_title", "call_text", "call_label", "call_address"],
        "description": "At the end of the page. What stays empty comes from the topic, and in the end from the site.",
    },
)
