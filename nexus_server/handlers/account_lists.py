"""For admins: accounts made from a CSV file."""

from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict

from nexus_server.accounts.account_imports import AccountImport
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation


class AccountListIn(BaseModel):
    """A CSV file, in Base64, and the class that its people join."""

    model_config = ConfigDict(extra="forbid")
    content: Base64Bytes
    cohort_id: UUID | None = None


class SeenAccountListIn(AccountListIn):
    """A file of which the preview was seen."""

    #: `seen` of the preview
    seen: str


class AccountListPreviewHandler(NexusHandler):
    """POST /admin/account-lists/preview."""

    @operation("See which accounts a CSV file would make; nothing is written", body=AccountListIn, reply=AccountImport)
    async def post(self, body: AccountListIn) -> AccountImport:
        """See it."""
        imports = self.services.accounts.imports
        return await imports.preview(self.learner, body.content, body.cohort_id)


class AccountListHandler(NexusHandler):
    """POST /admin/account-lists."""

    @operation(
        "Make the accounts of a CSV file as its preview showed them; all or none",
        body=SeenAccountListIn,
        reply=AccountImport,
    )
    async def post(self, body: SeenAccountListIn) -> AccountImport:
        """Make them."""
        imports = self.services.accounts.imports
        return await imports.write(self.learner, body.content, body.cohort_id, body.seen)


ROUTES = [
    Route("/admin/account-lists/preview", AccountListPreviewHandler),
    Route("/admin/account-lists", AccountListHandler),
]
