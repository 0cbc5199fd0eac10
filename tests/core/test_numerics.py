"""Settings of JAX: none of them changes a number, or it is refused by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import jax
import numpy as np
import pytest

from dissociation.cli.main import BAD_INPUT, main
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import HiddenNull, Nuisance
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.training import Recipe
from dissociation.core.numerics import RIGHT, check_environment
from dissociation.core.runner import run
from dissociation.core.validation import InvalidValue
from dissociation.web.server.launch import leave_unless_settings_are_sound

STUDY = Experiment(
    ParameterNoise(images=200, points=4, noise_low=0.03, noise_high=0.3),
    (Nuisance(8), HiddenNull(0.1)),
    Recipe(epochs=1, batch=4096, width=16),
    seeds=1,
)
#: Each setting with a value that a script or the environment may give, and the lab must not take.
WRONG = {
    "jax_custom_vjp3": True,
    "jax_debug_infs": True,
    "jax_debug_nans": True,
    "jax_default_device": "cuda",
    "jax_default_matmul_precision": "bfloat16",
    "jax_default_prng_impl": "rbg",
    "jax_disable_jit": True,
    "jax_disable_most_optimizations": True,
    "jax_enable_custom_prng": True,
    "jax_enable_x64": True,
    "jax_error_checking_behavior_divide": "raise",
    "jax_error_checking_behavior_nan": "raise",
    "jax_error_checking_behavior_oob": "raise",
    "jax_exec_time_optimization_effort": 0.5,
    "jax_high_dynamic_range_gumbel": True,
    "jax_legacy_prng_key": "error",
    "jax_optimization_level": "O1",
    "jax_platform_name": "gpu",
    "jax_platforms": "cuda",
    "jax_random_seed_offset": 1,
    "jax_scan3": True,
    "jax_softmax_custom_jvp": True,
    "jax_threefry_partitionable": False,
    "jax_use_direct_linearize": False,
    "jax_xla_backend": "other",
}
#: Settings that may change programs, but not numbers, each with another value than JAX's own.
WITHOUT_EFFECT = {
    "eager_constant_folding": "1",
    "jax_compiler_enable_remat_pass": "0",
    "jax_cpu_enable_async_dispatch": "0",
    "jax_default_matmul_precision": "highest",
    "jax_embedded_constants_max_bytes": "0",
    "jax_memory_fitting_effort": "0.5",
    "jax_memory_fitting_level": "O0",
    "jax_numpy_dtype_promotion": "strict",
    "jax_numpy_rank_promotion": "raise",
    "jax_threefry_gpu_kernel_lowering": "1",
    "jax_use_shardy_partitioner": "0",
    "jax_use_simplified_jaxpr_constants": "1",
}
KERNELS = ("jax_pallas_", "jax_mosaic_")
#: Checks, logs, caches, and what concerns other machines.
OTHERS = """
    check_vma jax2tf_associative_scan_reductions jax2tf_default_native_serialization
    jax_allow_f16_reductions jax_array_garbage_collection_guard jax_auto_pcast jax_backend_target
    jax_bcoo_cusparse_lowering jax_captured_constants_report_frames
    jax_captured_constants_warn_bytes jax_check_proxy_envs jax_check_static_indices
    jax_check_tracer_leaks jax_compilation_cache_check_contents jax_compilation_cache_dir
    jax_compilation_cache_expect_pgle jax_compilation_cache_include_metadata_in_key
    jax_compilation_cache_max_size jax_compiler_detailed_logging_min_ops
    jax_cpu_collectives_implementation jax_cpu_get_global_topology_timeout_minutes
    jax_cpu_get_local_topology_timeout_minutes jax_cross_host_transfer_socket_address
    jax_cross_host_transfer_timeout_seconds jax_cross_host_transfer_transfer_size
    jax_cross_host_transport_addresses jax_cuda_visible_devices jax_debug_key_reuse
    jax_debug_log_modules jax_disable_bwd_checks jax_disable_vmap_shmap_error
    jax_disallow_mesh_context_manager jax_distributed_debug jax_dump_ir_modes jax_dump_ir_to
    jax_enable_checks jax_enable_compilation_cache jax_enable_pgle jax_enable_preemption_service
    jax_enable_recoverability jax_experimental_unsafe_xla_runtime_errors jax_explain_cache_misses
    jax_explicit_x64_dtypes jax_export_calling_convention_version
    jax_export_ignore_forward_compatibility
    jax_force_dcn_cross_host_transfers jax_hlo_source_file_canonicalization_regex
    jax_include_debug_info_in_dumps jax_include_full_tracebacks_in_locations
    jax_log_checkpoint_residuals jax_log_compiles jax_logging_level jax_mock_gpu_topology
    jax_mutable_array_checks jax_no_execution jax_no_tracing jax_num_cpu_devices
    jax_oneapi_visible_devices
    jax_persistent_cache_enable_xla_caches jax_persistent_cache_min_compile_time_secs
    jax_persistent_cache_min_entry_size_bytes jax_pgle_aggregation_percentile
    jax_pgle_profiling_runs jax_pjrt_client_create_options jax_pprint_use_color
    jax_ragged_dot_use_gpu_pallas_triton_lowering jax_ragged_dot_use_ragged_dot_instruction
    jax_raise_persistent_cache_errors jax_refs_to_pins
    jax_remove_custom_partitioning_ptr_from_cache_key jax_remove_size_one_mesh_axis_from_type
    jax_rocm_visible_devices jax_send_traceback_to_runtime jax_serialization_version
    jax_share_binary_between_hosts jax_share_binary_between_hosts_timeout_ms
    jax_sort_devices_by_process_index jax_source_url_schema jax_thread_guard
    jax_traceback_filtering jax_traceback_in_locations_limit jax_tracer_error_num_traceback_frames
    jax_transfer_guard jax_transfer_guard_device_to_device jax_transfer_guard_device_to_host
    jax_transfer_guard_host_to_device jax_use_magma jax_xla_profile_version mock_num_gpu_processes
""".split()


def test_every_setting_of_jax_is_decided_on():
    assert set(WRONG) == set(RIGHT)
    # Those of kernels for accelerators come with whatever imports them.
    found = {name for name in jax.config.values if not name.startswith(KERNELS)}
    assert found == {*RIGHT, *WITHOUT_EFFECT, *OTHERS}


def spelled(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", WRONG)
def test_in_the_environment(name, monkeypatch, capsys):
    variable = name.upper()
    monkeypatch.setenv(variable, spelled(WRONG[name]))
    told = f"^dissociation: {variable} = .* cannot be used: unset it"
    with pytest.raises(SystemExit, match=told):
        leave_unless_settings_are_sound()
    assert main(["run", "notebook-noise"]) == BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"dissociation: {variable} = ")
    for value in RIGHT[name]:
        if value is not None:
            monkeypatch.setenv(variable, spelled(value))
            check_environment()


@pytest.mark.parametrize("name", WRONG)
def test_set_by_a_script(name):
    before = jax.config.values[name]
    wrong = jax.devices()[0] if name == "jax_default_device" else WRONG[name]
    try:
        jax.config.update(name, wrong)
        with pytest.raises(InvalidValue, match=f"^{name} = .* numbers would change"):
            run(STUDY)
    finally:
        jax.config.update(name, before)


def test_set_for_a_block():
    with jax.enable_x64(True), pytest.raises(InvalidValue, match="jax_enable_x64 = True"):
        run(STUDY)


@pytest.mark.parametrize(
    "flags", ["--xla_cpu_enable_fast_math=true", "--xla_dump_to=/x -x", "file"]
)
def test_flags_of_the_compiler(flags, monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", flags)
    with pytest.raises(InvalidValue, match="XLA_FLAGS"):
        check_environment()


def test_all_others_at_once_change_nothing():
    code = (
        "import json, sys; from dissociation.core.experiment import from_json;"
        "from dissociation import run;"
        "print(json.dumps(run(from_json(json.load(sys.stdin))).rates.tolist()))"
    )
    other = {name.upper(): value for name, value in WITHOUT_EFFECT.items()}
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(STUDY.to_json()),
        env={**os.environ, **other, **flags},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(json.loads(done.stdout), run(STUDY).rates)
