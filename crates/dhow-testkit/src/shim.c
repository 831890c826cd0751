/* Preloaded into a program under test: makes calls of the C library fail the way odd file systems do.
   DHOW_TEST_FAULTS names the faults, separated by commas. Calls that bypass the C library are not reached. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int fault(const char *name) {
    const char *list = getenv("DHOW_TEST_FAULTS");
    size_t len = strlen(name);
    while (list && *list) {
        const char *end = strchrnul(list, ',');
        if ((size_t)(end - list) == len && strncmp(list, name, len) == 0) return 1;
        list = *end ? end + 1 : end;
    }
    return 0;
}

static int fails(int error) { errno = error; return -1; }

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

int flock(int fd, int operation) {
    static _Thread_local int calls;
    if (fault("locks-enolck")) return fails(ENOLCK);
    if (fault("locks-enotsup")) return fails(EOPNOTSUPP);
    if (fault("locks-eintr") && calls++ % 2 == 0) return fails(EINTR);
    return REAL(int (*)(int, int), "flock")(fd, operation);
}

char *realpath(const char *path, char *resolved) {
    if (fault("realpath")) { errno = EACCES; return NULL; }
    return REAL(char *(*)(const char *, char *), "realpath")(path, resolved);
}

int link(const char *from, const char *to) {
    if (fault("links")) return fails(EPERM);
    return REAL(int (*)(const char *, const char *), "link")(from, to);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
    if (fault("links")) return fails(EPERM);
    return REAL(int (*)(int, const char *, int, const char *, int), "linkat")(from_dir, from, to_dir, to, flags);
}

int symlink(const char *target, const char *path) {
    if (fault("links")) return fails(EPERM);
    return REAL(int (*)(const char *, const char *), "symlink")(target, path);
}

/* Done, but the answer was lost, and the second try found nothing to do. */
int rename(const char *from, const char *to) {
    int result = REAL(int (*)(const char *, const char *), "rename")(from, to);
    if (result == 0 && fault("renames")) return fails(ENOENT);
    return result;
}

static void coarsen(struct statx_timestamp *time) {
    time->tv_nsec = 0;
    time->tv_sec -= time->tv_sec % 2;
}

int statx(int dir, const char *path, int flags, unsigned mask, struct statx *out) {
    int result = REAL(int (*)(int, const char *, int, unsigned, struct statx *), "statx")(dir, path, flags, mask, out);
    if (result == 0 && fault("times")) {
        coarsen(&out->stx_atime);
        coarsen(&out->stx_mtime);
        coarsen(&out->stx_ctime);
        coarsen(&out->stx_btime);
    }
    return result;
}
