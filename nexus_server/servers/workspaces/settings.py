"""How learners' files follow them between servers that have no directory in common."""

from traitlets import Float, Unicode

from nexus_server.settings import FrozenConfigurable


class ObjectStoreSettings(FrozenConfigurable):
    """An S3-compatible store that carries files between the servers' own disks."""

    bucket = Unicode(
        "", help="Bucket that learners' files are carried by; empty: the servers share the directory of workspaces."
    ).tag(config=True)
    prefix = Unicode("workspaces", help="What the keys of its objects begin with.").tag(config=True)
    endpoint = Unicode("", help="URL of the store, with http:// or https://; empty: Amazon's.").tag(config=True)
    region = Unicode("us-east-1", help="Region of the bucket, where the store has several.").tag(config=True)
    upload_s = Float(
        5.0,
        help="Seconds between two uploads of what changed. Twice that is what a learner loses at most when a server "
        "loses power.",
    ).tag(config=True)
    learner_mb_per_s = Float(
        2.0,
        help="MiB a second that one learner's files may take in the long run: who rewrites large files all the time is "
        "stored less often, and others are not held up.",
    ).tag(config=True)
    timeout_s = Float(15.0, help="Seconds that the store may take to answer, or to take one file.").tag(config=True)
