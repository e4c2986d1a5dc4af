// entente: what a person or a script does with the local node.
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "client/app.h"

namespace {

// The terminal as it was, so that an interrupt at a passphrase prompt leaves it with its echo.
termios g_terminal;
bool g_has_terminal = false;

// Async-signal-safe calls only. Whatever was signed is on disk before it is sent, so leaving here
// loses nothing.
void OnInterrupt(int) {
  if (g_has_terminal) tcsetattr(STDIN_FILENO, TCSANOW, &g_terminal);
  const char* text = entente::client::InterruptText();
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, text, strlen(text));
  _exit(static_cast<int>(entente::client::Exit::kAgain));
}

}  // namespace

int main(int argc, char** argv) {
  g_has_terminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &g_terminal) == 0;
  signal(SIGINT, OnInterrupt);
  signal(SIGTERM, OnInterrupt);
  std::ios::sync_with_stdio(false);
  entente::client::Streams streams{&std::cin,
                                   &std::cout,
                                   &std::cerr,
                                   isatty(STDIN_FILENO) == 1,
                                   isatty(STDOUT_FILENO) == 1,
                                   isatty(STDERR_FILENO) == 1};
  return entente::client::RunApp(argc, argv, streams);
}
