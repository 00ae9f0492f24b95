/// Loaded before the gateway (LD_PRELOAD), never part of it: ends the process by SIGKILL at its n-th sync of a file or n-th send on a
/// socket. `TORTURE_KILL` is `sync:N:before`, `sync:N:after`, `send:N:before`, `send:N:half` (half of the bytes go out) or `send:N:after`.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum class Moment { none, before, half, after };

struct Plan {
  bool syncs = false;
  long nth = 0;
  Moment moment = Moment::none;

  Plan() {
    const char* text = std::getenv("TORTURE_KILL");
    char what[8];
    char when[8];
    if (text == nullptr || std::sscanf(text, "%7[a-z]:%ld:%7[a-z]", what, &nth, when) != 3) return;
    syncs = std::strcmp(what, "sync") == 0;
    moment = std::strcmp(when, "before") == 0 ? Moment::before : std::strcmp(when, "half") == 0 ? Moment::half : Moment::after;
  }
};

const Plan& plan() {
  static const Plan read;
  return read;
}

/// What is to happen at this call, which counts it.
Moment count(bool sync) {
  static std::atomic<long> calls = 0;
  if (plan().moment == Moment::none || plan().syncs != sync || ++calls != plan().nth) return Moment::none;
  return plan().moment;
}

void die() { kill(getpid(), SIGKILL); }

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int sync_file(const char* name, int file) {
  const auto moment = count(true);
  if (moment == Moment::before) die();
  const int result = next<int(int)>(name)(file);
  if (moment == Moment::after) die();
  return result;
}

bool is_socket(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 && S_ISSOCK(status.st_mode);
}

/// Half of what a scattered message holds, sent at once.
void send_half(int file, const iovec* parts, std::size_t number) {
  std::size_t all = 0;
  for (std::size_t i = 0; i < number; ++i) all += parts[i].iov_len;
  std::size_t left = all / 2;
  for (std::size_t i = 0; i < number && left > 0; ++i) {
    const auto size = parts[i].iov_len < left ? parts[i].iov_len : left;
    next<ssize_t(int, const void*, size_t, int)>("send")(file, parts[i].iov_base, size, MSG_NOSIGNAL);
    left -= size;
  }
}

template <class Send>
ssize_t send_something(int file, const iovec* parts, std::size_t number, const Send& send) {
  const auto moment = count(false);
  if (moment == Moment::half) send_half(file, parts, number);
  if (moment == Moment::half || moment == Moment::before) die();
  const auto result = send();
  if (moment == Moment::after) die();
  return result;
}

iovec part(const void* bytes, std::size_t size) { return {const_cast<void*>(bytes), size}; }

}  // namespace

extern "C" {

int fsync(int file) { return sync_file("fsync", file); }
int fdatasync(int file) { return sync_file("fdatasync", file); }

ssize_t send(int file, const void* bytes, size_t size, int flags) {
  const auto whole = part(bytes, size);
  return send_something(file, &whole, 1, [&] { return next<decltype(send)>("send")(file, bytes, size, flags); });
}

ssize_t sendto(int file, const void* bytes, size_t size, int flags, const sockaddr* to, socklen_t length) {
  const auto whole = part(bytes, size);
  return send_something(file, &whole, 1, [&] { return next<decltype(sendto)>("sendto")(file, bytes, size, flags, to, length); });
}

ssize_t sendmsg(int file, const msghdr* message, int flags) {
  return send_something(file, message->msg_iov, message->msg_iovlen,
                        [&] { return next<decltype(sendmsg)>("sendmsg")(file, message, flags); });
}

ssize_t write(int file, const void* bytes, size_t size) {
  const auto write_it = [&] { return next<decltype(write)>("write")(file, bytes, size); };
  const auto whole = part(bytes, size);
  return is_socket(file) ? send_something(file, &whole, 1, write_it) : write_it();
}

ssize_t writev(int file, const iovec* parts, int number) {
  const auto write_it = [&] { return next<decltype(writev)>("writev")(file, parts, number); };
  return is_socket(file) ? send_something(file, parts, static_cast<std::size_t>(number), write_it) : write_it();
}
}
