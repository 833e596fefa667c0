/* Stands between a process and the disk (LD_PRELOAD): keeps a journal of every write and sync of a database and its
 * log, and makes them fail when told. For tests; compiled by them.
 *
 * DISK_JOURNAL  file that gets a line per event: "W db 4096 4096", "T wal 0", "S wal", "E wal" (a sync that failed)
 * DISK_CONTROL  file of three int32: errno for syncs, errno for writes, bytes after which every other write is cut
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile int32_t *control;
static int journal = -1;
static int was_cut;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("DISK_CONTROL");
  int fd = path ? open(path, O_RDWR) : -1;
  if (fd >= 0) control = mmap(NULL, 12, PROT_READ, MAP_SHARED, fd, 0);
  path = getenv("DISK_JOURNAL");
  if (path) journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* "db", "wal", or NULL for every other file. */
static const char *kind(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  if (length > 3 && !strcmp(path + length - 3, ".db")) return "db";
  if (length > 7 && !strcmp(path + length - 7, ".db-wal")) return "wal";
  return NULL;
}

static void note(const char *format, const char *file, long long a, long long b) {
  char line[96];
  int length = snprintf(line, sizeof line, format, file, a, b);
  if (journal >= 0 && REAL(write)(journal, line, length) != length) abort();
}

static int32_t told(int index) { return control ? control[index] : 0; }

static ssize_t put(int fd, const void *bytes, size_t count, off_t offset) {
  const char *file = kind(fd);
  if (!file) return REAL(pwrite64)(fd, bytes, count, offset);
  /* A full disk takes a part of one write and nothing of the next. */
  int cut = told(2) && !__atomic_fetch_xor(&was_cut, 1, __ATOMIC_SEQ_CST);
  if (cut && (size_t)told(2) < count) count = told(2);
  if (told(1) && !cut) {
    errno = told(1);
    return -1;
  }
  note("W %s %lld %lld\n", file, offset, count);
  return REAL(pwrite64)(fd, bytes, count, offset);
}

static int sync_with(int (*real)(int), int fd) {
  const char *file = kind(fd);
  if (!file) return real(fd);
  if (told(0)) {
    note("E %s\n", file, 0, 0);
    errno = told(0);
    return -1;
  }
  int result = real(fd);
  if (result == 0) note("S %s\n", file, 0, 0);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return put(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { return put(fd, bytes, count, offset); }
int fsync(int fd) { return sync_with(REAL(fsync), fd); }
int fdatasync(int fd) { return sync_with(REAL(fdatasync), fd); }

int ftruncate64(int fd, off64_t length) {
  const char *file = kind(fd);
  if (file) note("T %s %lld\n", file, length, 0);
  return REAL(ftruncate64)(fd, length);
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
