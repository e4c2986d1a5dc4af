#include "client/keys/passphrase.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/str_cat.h"

namespace entente::keys {
namespace {

using testing::HasSubstr;
using testing::Not;

// A pipe that holds this text and is closed.
class Filled {
 public:
  explicit Filled(const std::string& text) {
    EXPECT_EQ(pipe(fds_), 0);
    EXPECT_EQ(write(fds_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(fds_[1]);
  }
  ~Filled() { close(fds_[0]); }
  int fd() const { return fds_[0]; }

 private:
  int fds_[2];
};

TEST(ReadPassphrase, EachCallTakesOneLine) {
  Filled pipe("first words\nsecond\nlast");
  EXPECT_EQ(ReadPassphrase(pipe.fd())->view(), "first words");
  EXPECT_EQ(ReadPassphrase(pipe.fd())->view(), "second");
  EXPECT_EQ(ReadPassphrase(pipe.fd())->view(), "last");
  EXPECT_TRUE(ReadPassphrase(pipe.fd())->empty());
}

TEST(ReadPassphrase, ADescriptorThatIsNotOpenIsNamed) {
  absl::Status status = ReadPassphrase(987).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("descriptor 987"));
}

TEST(ReadPassphrase, AnEndlessLineIsRefused) {
  Filled pipe(std::string(2000, 'x'));
  EXPECT_EQ(ReadPassphrase(pipe.fd()).status().code(), absl::StatusCode::kInvalidArgument);
}

// A person at a terminal: reads up to each prompt, then types its answer.
class Person {
 public:
  Person() {
    char name[64];
    EXPECT_EQ(openpty(&master_, &slave_, name, nullptr, nullptr), 0);
    terminal_ = name;
  }
  ~Person() {
    if (thread_.joinable()) thread_.join();
    close(master_);
    close(slave_);
  }
  void Types(std::vector<std::pair<std::string, std::string>> answers) {
    thread_ = std::thread([this, answers = std::move(answers)] {
      size_t from = 0;
      for (const auto& [prompt, answer] : answers) {
        while (seen_.find(prompt, from) == std::string::npos) ReadSome();
        from = seen_.size();
        EXPECT_EQ(write(master_, answer.data(), answer.size()),
                  static_cast<ssize_t>(answer.size()));
      }
    });
  }
  // All that the terminal showed.
  std::string Seen() {
    thread_.join();
    int flags = fcntl(master_, F_GETFL);
    fcntl(master_, F_SETFL, flags | O_NONBLOCK);
    while (ReadSome()) {
    }
    return seen_;
  }
  bool Echoes() const {
    termios state{};
    return tcgetattr(slave_, &state) == 0 && (state.c_lflag & ECHO) != 0;
  }
  const std::string& terminal() const { return terminal_; }

 private:
  bool ReadSome() {
    char block[256];
    ssize_t got = read(master_, block, sizeof(block));
    if (got > 0) seen_.append(block, static_cast<size_t>(got));
    return got > 0;
  }

  int master_ = -1, slave_ = -1;
  std::string terminal_, seen_;
  std::thread thread_;
};

TEST(AskPassphrase, TheTerminalNeverShowsIt) {
  Person person;
  ASSERT_TRUE(person.Echoes());
  person.Types({{"Passphrase: ", "secret words\n"}});
  absl::StatusOr<Passphrase> answer = AskPassphrase("Passphrase: ", person.terminal());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->view(), "secret words");
  EXPECT_TRUE(person.Echoes());
  EXPECT_THAT(person.Seen(), Not(HasSubstr("secret")));
}

TEST(AskNewPassphrase, IsAskedTwiceAndTheTwoAgree) {
  Person person;
  person.Types({{"New: ", "one\n"}, {"again: ", "one\n"}});
  EXPECT_EQ(AskNewPassphrase("New: ", "The same again: ", person.terminal())->view(), "one");
}

TEST(AskNewPassphrase, TwoThatDifferAreRefused) {
  Person person;
  person.Types({{"New: ", "one\n"}, {"again: ", "two\n"}});
  absl::Status status = AskNewPassphrase("New: ", "The same again: ", person.terminal()).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("differ"));
}

TEST(AskNewPassphrase, AnEmptyOneIsRefused) {
  Person person;
  person.Types({{"New: ", "\n"}});
  EXPECT_THAT(
      std::string(
          AskNewPassphrase("New: ", "The same again: ", person.terminal()).status().message()),
      HasSubstr("empty"));
}

TEST(AskPassphrase, WithoutATerminalTheWayOutIsNamed) {
  absl::Status status = AskPassphrase("p", "/nonexistent/tty").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("--passphrase-fd"));
}

}  // namespace
}  // namespace entente::keys
