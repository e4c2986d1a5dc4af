// Small file systems for tests, mounted where only this process and its children see them: they
// vanish with the process.
#pragma once

#include <string>

namespace entente::storage {

// ctest's "skipped" (SKIP_RETURN_CODE).
inline constexpr int kNotRun = 77;

// Moves the process into a mount namespace of its own. False: not root, or mounts are not allowed
// here.
bool EnterPrivateMounts();

// Prints why, and returns kNotRun.
int NotRun(const char* test);

// A file system in memory of `mebibytes`, on an existing directory.
bool MountTmpfs(const std::string& directory, int mebibytes);
bool Unmount(const std::string& directory);

// An ext4 file system in a file, mounted through a loop device.
class LoopExt4 {
 public:
  // `scratch` must exist; the image and the mount point are made in it.
  LoopExt4(const std::string& scratch, int mebibytes);
  ~LoopExt4() { TakeDown(); }
  const std::string& mount_point() const { return mount_point_; }
  bool Mount();
  bool TakeDown();
  // Power loss: from now on nothing reaches the image, not even the file system's own journal.
  bool ShutDownWithoutFlush();

 private:
  const std::string image_;
  const std::string mount_point_;
  bool made_ = false;
  bool mounted_ = false;
};

}  // namespace entente::storage
