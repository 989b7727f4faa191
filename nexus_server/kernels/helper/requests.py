"""The closed list of what a helper does, as messages: pure data, checked before anything acts on it.

A request names things, never paths: kernels, slots and learners. Where these are on disk is the helper's own knowledge.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nexus_server.errors import MalformedError


class BadRequestError(MalformedError):
    """This is no request that the helper knows."""

    code = "bad_request"


KernelName = Annotated[str, Field(pattern=r"^[0-9a-zA-Z]{1,32}$")]
#: a directory below a kernel's own, in which a template listens, or a kernel that it forks
PlaceName = Annotated[str, Field(pattern=r"^(z|f[0-9]{1,6})?$")]
SlotName = Annotated[str, Field(pattern=r"^[0-9a-zA-Z][0-9a-zA-Z-]{0,63}$")]
ContainerId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ImageName = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._/:@-]{0,255}$")]
LabelText = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][0-9A-Za-z_]{0,127}$")]
VariableText = Annotated[str, Field(max_length=32 * 1024, pattern=r"^[^\x00]*$")]
MemoryMb = Annotated[int, Field(ge=1, le=1024 * 1024)]
CpuShare = Annotated[float, Field(gt=0, le=1024, allow_inf_nan=False)]


class HelperRequest(BaseModel):
    """One thing to do. Nothing is converted, and nothing may be added."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class OpenWorkspace(HelperRequest):
    """Make a learner's file system when needed, and mount it for kernels and for the server."""

    ask: Literal["open_workspace"] = "open_workspace"
    owner: UUID


class CloseWorkspace(HelperRequest):
    """Unmount a learner's file system."""

    ask: Literal["close_workspace"] = "close_workspace"
    owner: UUID


class CloseWorkspaces(HelperRequest):
    """Unmount every learner's file system."""

    ask: Literal["close_workspaces"] = "close_workspaces"


class DeleteWorkspace(HelperRequest):
    """Delete a learner's file system for ever."""

    ask: Literal["delete_workspace"] = "delete_workspace"
    owner: UUID


class PrepareSlots(HelperRequest):
    """Make ready for kernels that get their files later; the answer is whether that can be."""

    ask: Literal["prepare_slots"] = "prepare_slots"


class ReleaseSlots(HelperRequest):
    """Undo `PrepareSlots`."""

    ask: Literal["release_slots"] = "release_slots"


class MakeSlot(HelperRequest):
    """Make an empty slot."""

    ask: Literal["make_slot"] = "make_slot"
    slot: SlotName


class FillSlot(HelperRequest):
    """Show a learner's files in a slot, or an empty file system in memory."""

    ask: Literal["fill_slot"] = "fill_slot"
    slot: SlotName
    workspace: UUID | None


class RemoveSlot(HelperRequest):
    """Empty a slot, and delete it."""

    ask: Literal["remove_slot"] = "remove_slot"
    slot: SlotName


class KeepSlots(HelperRequest):
    """Remove all slots but these."""

    ask: Literal["keep_slots"] = "keep_slots"
    slots: Annotated[list[SlotName], Field(max_length=1000)]


class MakePlace(HelperRequest):
    """Make the directory of a kernel's sockets."""

    ask: Literal["make_place"] = "make_place"
    kernel: KernelName


class LendPlace(HelperRequest):
    """Give such a directory, or one in it, to the kernels' user."""

    ask: Literal["lend_place"] = "lend_place"
    kernel: KernelName
    place: PlaceName = ""


class TakePlace(HelperRequest):
    """Give it back to the server, with the sockets in it."""

    ask: Literal["take_place"] = "take_place"
    kernel: KernelName
    place: PlaceName = ""


class RenamePlace(HelperRequest):
    """Give the directory of one kernel's sockets to another name."""

    ask: Literal["rename_place"] = "rename_place"
    kernel: KernelName
    other: KernelName


class RemovePlace(HelperRequest):
    """Delete the directory of a kernel's sockets."""

    ask: Literal["remove_place"] = "remove_place"
    kernel: KernelName


class StartContainer(HelperRequest):
    """Start a kernel's container, whose configuration the helper writes."""

    ask: Literal["start_container"] = "start_container"
    kernel: KernelName
    #: the container's label, which is the kernel's id or a name in the pool
    label: SlotName
    image: ImageName
    env: Annotated[dict[VariableName, VariableText], Field(max_length=64)]
    memory_mb: MemoryMb
    cpu_share: CpuShare
    start_cpu_share: CpuShare
    start_weight: Annotated[int, Field(ge=2, le=1024)]
    #: where its files are; both None: an empty directory in memory
    workspace: UUID | None = None
    slot: SlotName | None = None
    is_template: bool = False
    owner: LabelText = ""
    #: file name of the lock that stands for the process that starts it
    lock: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}\.lock$")]
    is_adoptable: bool


class InspectContainer(HelperRequest):
    """Say how a container is."""

    ask: Literal["inspect_container"] = "inspect_container"
    container: ContainerId


class ListContainers(HelperRequest):
    """Say which containers there are, of this site and such that nobody owns."""

    ask: Literal["list_containers"] = "list_containers"


class SignalContainer(HelperRequest):
    """Send a container's first process a signal."""

    ask: Literal["signal_container"] = "signal_container"
    container: ContainerId
    signum: Annotated[int, Field(ge=1, le=64)]


class PauseContainer(HelperRequest):
    """Let a container's processes stand still."""

    ask: Literal["pause_container"] = "pause_container"
    container: ContainerId


class ResumeContainer(HelperRequest):
    """Let them go on."""

    ask: Literal["resume_container"] = "resume_container"
    container: ContainerId


class ResizeContainer(HelperRequest):
    """Set a container's memory and CPU."""

    ask: Literal["resize_container"] = "resize_container"
    container: ContainerId
    memory_mb: MemoryMb
    cpu_share: CpuShare


class RemoveContainer(HelperRequest):
    """End and delete a container."""

    ask: Literal["remove_container"] = "remove_container"
    container: ContainerId


class FindImage(HelperRequest):
    """Say the hash of an image."""

    ask: Literal["find_image"] = "find_image"
    image: ImageName


class PrepareImage(HelperRequest):
    """Begin to build a kernel's image unless that is under way, and say how it is."""

    ask: Literal["prepare_image"] = "prepare_image"
    kernel: SlotName


class DescribeEngine(HelperRequest):
    """Say what the engine says about itself."""

    ask: Literal["describe_engine"] = "describe_engine"


class FollowEngine(HelperRequest):
    """Answer when the engine answers, and end the connection when its stream of events ends."""

    ask: Literal["follow_engine"] = "follow_engine"


class Leave(HelperRequest):
    """Unmount everything, if no kernel is left that needs it."""

    ask: Literal["leave"] = "leave"


AnyRequest = (
    OpenWorkspace | CloseWorkspace | CloseWorkspaces | DeleteWorkspace
    | PrepareSlots | ReleaseSlots | MakeSlot | FillSlot | RemoveSlot | KeepSlots
    | MakePlace | LendPlace | TakePlace | RenamePlace | RemovePlace
    | StartContainer | InspectContainer | ListContainers | SignalContainer
    | PauseContainer | ResumeContainer | ResizeContainer | RemoveContainer
    | FindImage | PrepareImage | DescribeEngine | FollowEngine | Leave
)  # fmt: skip
_REQUESTS: TypeAdapter[AnyRequest] = TypeAdapter(Annotated[AnyRequest, Field(discriminator="ask")])


def parse(body: bytes) -> AnyRequest:
    """Read a request.

    Raises:
        BadRequestError: it is none, or something in it is not as it must be.
    """
    try:
        return _REQUESTS.validate_json(body)
    except (ValidationError, ValueError, RecursionError) as exc:
        raise BadRequestError from exc
