/* What Halide's no_runtime code asks for: aligned allocation, and errors that come back as return codes.
 * Names, parameters and codes are those of HalideRuntime.h. */
#include <stddef.h>
#include <stdint.h>

extern void *malloc(size_t);
extern void free(void *);

void *halide_malloc(void *user, size_t bytes) {
    char *base = malloc(bytes + 64 + sizeof(void *));
    if (!base) return NULL;
    uintptr_t aligned = ((uintptr_t)base + sizeof(void *) + 63) & ~(uintptr_t)63;
    ((void **)aligned)[-1] = base;
    return (void *)aligned;
}

void halide_free(void *user, void *p) {
    if (p) free(((void **)p)[-1]);
}

typedef void *ctx;
typedef const char *str;

int halide_error_explicit_bounds_too_small(ctx c, str f, str v, int a, int b, int d, int e) { return -2; }
int halide_error_bad_type(ctx c, str f, uint32_t given, uint32_t correct) { return -3; }
int halide_error_access_out_of_bounds(ctx c, str f, int dim, int a, int b, int d, int e) { return -4; }
int halide_error_buffer_allocation_too_large(ctx c, str b, uint64_t size, uint64_t most) { return -5; }
int halide_error_buffer_extents_too_large(ctx c, str b, int64_t size, int64_t most) { return -6; }
int halide_error_constraints_make_required_region_smaller(ctx c, str b, int dim, int m, int e, int rm, int re) { return -7; }
int halide_error_constraint_violated(ctx c, str v, int given, str constrained, int value) { return -8; }
int halide_error_out_of_memory(ctx c) { return -11; }
int halide_error_buffer_argument_is_null(ctx c, str b) { return -12; }
int halide_error_buffer_extents_negative(ctx c, str b, int dim, int extent) { return -28; }
int halide_error_host_is_null(ctx c, str b) { return -34; }
int halide_error_bad_dimensions(ctx c, str f, int32_t given, int32_t correct) { return -43; }
int halide_error_device_dirty_with_no_device_support(ctx c, str b) { return -44; }
