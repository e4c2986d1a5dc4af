#include "tests/fault/storage_disk/private_mount.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace entente::storage {

namespace {

bool Run(const std::string& command) { return system((command + " >/dev/null 2>&1").c_str()) == 0; }

}  // namespace

bool EnterPrivateMounts() {
  if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0) return false;
  return mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

int NotRun(const char* test) {
  printf("not run: needs root: %s mounts small file systems\n", test);
  return kNotRun;
}

bool MountTmpfs(const std::string& directory, int mebibytes) {
  const std::string size = "size=" + std::to_string(mebibytes) + "m";
  return mount("tmpfs", directory.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

bool Unmount(const std::string& directory) { return umount(directory.c_str()) == 0; }

LoopExt4::LoopExt4(const std::string& scratch, int mebibytes)
    : image_(scratch + "/image"), mount_point_(scratch + "/mnt") {
  made_ = mkdir(mount_point_.c_str(), 0700) == 0 &&
          Run("truncate -s " + std::to_string(mebibytes) + "M " + image_) &&
          Run("mkfs.ext4 -q -F " + image_);
}

bool LoopExt4::Mount() {
  mounted_ = made_ && Run("mount -o loop " + image_ + " " + mount_point_);
  return mounted_;
}

bool LoopExt4::TakeDown() {
  if (mounted_ && !Unmount(mount_point_)) return false;
  mounted_ = false;
  return true;
}

bool LoopExt4::ShutDownWithoutFlush() { return Run("xfs_io -x -c shutdown " + mount_point_); }

}  // namespace entente::storage
