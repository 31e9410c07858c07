"""The problems that have a name: what each means, and what its reader does about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    name: str
    status: int
    meaning: str
    remedy: str


PROBLEMS = [
    Problem(
        "unknown-parameter",
        400,
        "The address has a parameter that this endpoint does not know. It is named under errors.",
        "Look for a slip in its name. Nothing is ignored, so that a filter which was misspelt never gives the whole "
        "list in place of a part.",
    ),
    Problem(
        "cursor-invalid",
        400,
        "The cursor of the feed cannot be read: it was cut off or changed on its way, or it is none of ours.",
        "Send the cursor of the last page as it was given. If that is lost, begin again without a cursor.",
    ),
    Problem(
        "key-invalid",
        401,
        "The key was never issued here or was revoked, or the header Authorization is not of the form “Bearer KEY”.",
        "Compare the key with the one you were sent. Without the header the same is answered, with a smaller quota.",
    ),
    Problem(
        "key-expired",
        401,
        "The key was good until a date that has passed.",
        "Use the one that follows it. You can have two at once, so ask for the next before the first expires.",
    ),
    Problem(
        "manifest-moved",
        409,
        "Something changed while you read the pages of the manifest, so they would not add up.",
        "Begin again with its first page; take the changes first.",
    ),
    Problem(
        "cursor-expired",
        410,
        "The cursor is older than the oldest deletion that is still on record. What was deleted since cannot be told.",
        "Begin again without a cursor, at the address in the Link of the answer; at the end of that walk remove the "
        "records that it did not bring.",
    ),
    Problem(
        "cursor-foreign",
        410,
        "The cursor is of another time line: the database was restored or made anew.",
        "Begin again without a cursor, at the address in the Link of the answer; at the end of that walk remove the "
        "records that it did not bring.",
    ),
    Problem(
        "rate-limit-exceeded",
        429,
        "Your quota for this window of time is used up.",
        "Wait as many seconds as Retry-After says. Send ETags back, since a 304 costs nothing; ask for a key if you "
        "need more.",
    ),
]
