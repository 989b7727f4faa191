# ruff: noqa: E501  names as long as they are
"""Every test of kernels, sessions and kernel specs in jupyter_server 2.21's own suite, and what asks the same of us.

Those tests build a server in their own process and look into it. What can be asked from outside is asked of the running
server, by the test named here; for the rest stands why not.
"""

from importlib.metadata import version

import pytest

from tests.plugins.server import ROOT

HERE = "tests/integration/jupyter"
API, KERNELS, SESSIONS = (f"{HERE}/test_jupyter_{name}.py" for name in ("api", "kernels", "sessions"))
TWO, CROWDED = f"{HERE}/test_two_learners.py", f"{HERE}/test_crowded_site.py"
CLOSED = "tests/security/test_matrix.py::test_what_is_closed_is_closed_for_everybody"

#: reasons
INSIDE = "not to be seen from outside: it calls the server's objects in their own process"
OTHER_MANAGERS = "about other managers than ours, which joining.py refuses to start with"
PENDING = "about pending kernels, an option that is off: our POST answers when the kernel runs"
CURVE = "about encrypted TCP; our kernels' sockets are Unix sockets in a directory of their own"
OUR_IDS = "ours refuses it: ids are minted by the server, and one from outside must be of a kernel of one's own"

SCENARIOS: dict[str, str] = {
    "kernels/test_api.py::test_no_kernels": f"{API}::test_a_kernel_s_life",
    "kernels/test_api.py::test_default_kernels": f"{API}::test_a_kernel_s_life",
    "kernels/test_api.py::test_post_kernel_with_client_supplied_id": f"{TWO}::test_the_client_does_not_choose_ids",
    "kernels/test_api.py::test_main_kernel_handler": f"{KERNELS}::test_two_kernels_are_listed_and_one_restarts",
    "kernels/test_api.py::test_resolve_path_kernel": CLOSED,
    "kernels/test_api.py::test_resolve_path_server_traversal": CLOSED,
    "kernels/test_api.py::test_resolve_path_server": CLOSED,
    "kernels/test_api.py::test_resolve_path_server_expands_user": CLOSED,
    "kernels/test_api.py::test_resolve_path_server_expands_user_normalizes_path": CLOSED,
    "kernels/test_api.py::test_resolve_path_server_expands_user_rejects_outside_root": CLOSED,
    "kernels/test_api.py::test_resolve_path_server_and_kernel": CLOSED,
    "kernels/test_api.py::test_resolve_path_missing": CLOSED,
    "kernels/test_api.py::test_resolve_path_missing_kernel_reports_unresolved": CLOSED,
    "kernels/test_api.py::test_kernel_handler": f"{API}::test_what_does_not_exist_is_a_404_with_a_message",
    "kernels/test_api.py::test_kernel_handler_startup_error": f"{KERNELS}::test_a_kernel_that_does_not_exist_cannot_start",
    "kernels/test_api.py::test_kernel_handler_startup_error_pending": PENDING,
    "kernels/test_api.py::test_connection": f"{KERNELS}::test_pages_are_counted",
    "kernels/test_config.py::test_config": INSIDE,
    "kernels/test_config.py::test_async_kernel_manager": OTHER_MANAGERS,
    "kernels/test_config.py::test_not_server_kernel_manager": OTHER_MANAGERS,
    "kernels/test_config.py::test_kernel_start_kwargs_transport_encryption_sets_flag": CURVE,
    "kernels/test_config.py::test_kernel_start_kwargs_transport_encryption_required_sets_policy": CURVE,
    "kernels/test_connection.py::test_websocket_connection": f"{KERNELS}::test_the_binary_protocol",
    "kernels/test_connection.py::test_nudge_cleanup_closes_transient_channels_when_iopub_closed": INSIDE,
    "kernels/test_connection.py::test_no_fd_leak_on_buffer_restore_with_port_change": INSIDE,
    "kernels/test_connection.py::test_no_fd_leak_on_disconnect_with_orphaned_kernel_info_channel": INSIDE,
    "kernels/test_connection.py::test_disconnect_resolves_orphaned_kernel_info_future": INSIDE,
    "kernels/test_cull.py::test_cull_idle": f"{CROWDED}::test_one_waits_one_is_refused_and_an_idle_kernel_makes_room",
    "kernels/test_cull.py::test_cull_connected": f"{CROWDED}::test_one_waits_one_is_refused_and_an_idle_kernel_makes_room",
    "kernels/test_cull.py::test_cull_idle_disable": "needs a kernel spec that opts out of culling; ours may not",
    "kernels/test_cull.py::test_cull_dead": PENDING,
    "kernels/test_events.py::test_kernel_action_success_event": INSIDE,
    "kernels/test_events.py::test_kernel_action_failed_event": INSIDE,
    "kernels/test_events.py::test_kernel_action_http_error_event": INSIDE,
    "kernels/test_execution_state.py::test_execution_state": (
        f"{KERNELS}::test_the_state_stays_busy_until_the_cell_itself_is_over"
    ),
    "kernels/test_restart_error.py::test_restart_success": f"{API}::test_a_kernel_s_life",
    "kernels/test_restart_error.py::test_restart_failure_returns_500_json": INSIDE,
    "kernels/test_restart_error.py::test_interrupt_unaffected": f"{API}::test_a_kernel_s_life",
    "kernels/test_transport_encryption.py::test_transport_encryption_disabled_no_curve_keys": CURVE,
    "kernels/test_transport_encryption.py::test_transport_encryption_provisions_curve_keys": CURVE,
    "kernels/test_transport_encryption.py::test_transport_encryption_auto_skips_keys_for_non_curve_kernel": CURVE,
    "kernels/test_transport_encryption.py::test_transport_encryption_required_raises_for_non_curve_kernel": CURVE,
    "sessions/test_api.py::test_create": f"{SESSIONS}::test_a_new_session_is_listed_and_found",
    "sessions/test_api.py::test_create_bad": f"{SESSIONS}::test_a_kernel_that_does_not_exist_leaves_no_session",
    "sessions/test_api.py::test_create_bad_pending": PENDING,
    "sessions/test_api.py::test_create_file_session": f"{SESSIONS}::test_other_types_than_notebooks",
    "sessions/test_api.py::test_create_console_session": f"{SESSIONS}::test_other_types_than_notebooks",
    "sessions/test_api.py::test_create_deprecated": f"{SESSIONS}::test_an_old_clients_body",
    "sessions/test_api.py::test_create_with_kernel_id": f"{SESSIONS}::test_a_session_for_a_kernel_that_runs_already",
    "sessions/test_api.py::test_create_with_bad_kernel_id": f"{SESSIONS}::test_a_kernel_that_does_not_exist_leaves_no_session",
    "sessions/test_api.py::test_create_with_client_supplied_kernel_id": OUR_IDS,
    "sessions/test_api.py::test_create_session_duplicate_kernel_id_returns_409": OUR_IDS,
    "sessions/test_api.py::test_create_attach_to_existing_kernel_via_kernel_id": (
        f"{SESSIONS}::test_a_session_for_a_kernel_that_runs_already"
    ),
    "sessions/test_api.py::test_create_session_without_kernel_id_mints_uuid": (
        f"{SESSIONS}::test_a_new_session_is_listed_and_found"
    ),
    "sessions/test_api.py::test_delete": f"{SESSIONS}::test_an_ended_session_is_gone",
    "sessions/test_api.py::test_modify_path": f"{SESSIONS}::test_path_and_type_may_change",
    "sessions/test_api.py::test_modify_path_deprecated": f"{SESSIONS}::test_an_old_clients_body",
    "sessions/test_api.py::test_modify_type": f"{SESSIONS}::test_path_and_type_may_change",
    "sessions/test_api.py::test_modify_kernel_name": f"{SESSIONS}::test_another_kernel_by_name_ends_the_old_one",
    "sessions/test_api.py::test_modify_kernel_id": f"{SESSIONS}::test_another_kernel_by_id_ends_the_old_one",
    "sessions/test_api.py::test_restart_kernel": f"{SESSIONS}::test_a_restart_under_an_open_page",
    "sessions/test_manager.py": INSIDE,
    "kernelspecs/test_api.py::test_list_kernelspecs_bad": "needs a broken kernel spec among the server's own",
    "kernelspecs/test_api.py::test_list_kernelspecs": f"{SESSIONS}::test_kernel_specs_are_listed_with_a_default",
    "kernelspecs/test_api.py::test_get_kernelspecs": f"{SESSIONS}::test_one_kernel_spec_and_its_pictures",
    "kernelspecs/test_api.py::test_get_nonexistant_kernelspec": f"{SESSIONS}::test_what_no_kernel_spec_has_is_a_404",
    "kernelspecs/test_api.py::test_get_kernel_resource_file": f"{SESSIONS}::test_one_kernel_spec_and_its_pictures",
    "kernelspecs/test_api.py::test_get_nonexistant_resource": f"{SESSIONS}::test_what_no_kernel_spec_has_is_a_404",
}


@pytest.mark.parametrize("scenario", [name for name, ours in SCENARIOS.items() if "::" in ours])
def test_every_scenario_has_its_test(scenario: str) -> None:
    path, _, name = SCENARIOS[scenario].partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_the_list_is_of_the_version_that_we_run_on() -> None:
    assert version("jupyter_server").startswith("2.21."), (
        "read what the new version tests, and bring the list up to date"
    )
