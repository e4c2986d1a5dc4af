"""scripts/check_purity.py fails on what would make two runs differ; its list only shrinks."""

import unittest

import planted


class Purity(planted.PlantedCheck):
    script = "check_purity.py"

    def test_each_banned_thing_is_found_in_a_pure_room(self):
        for code, word in [
                ("auto t = std::chrono::system_clock::now();", "a clock"),
                ("auto t = absl::Now();", "a clock"),
                ("auto t = time(nullptr);", "a clock"),
                ("std::thread worker;", "a thread or lock"),
                ("absl::MutexLock lock(&mutex);", "a thread or lock"),
                ('auto v = getenv("HOME");', "the environment"),
                ("std::random_device seed;", "randomness"),
                ("std::uniform_int_distribution<int> d(1, 6);", "randomness"),
                ("int n = rand();", "randomness"),
                ("std::unordered_map<int, int> m;", "a hash-ordered container"),
                ("absl::flat_hash_set<int> s;", "a hash-ordered container"),
                ("std::cout << 1;", "a stream"),
                ("#include <sstream>", "a stream"),
                ('FILE* f = fopen("x", "r");', "a file"),
                ('spdlog::info("x");', "a log"),
                ('printf("x");', "a log"),
                ('std::fprintf(stderr, "x");', "a log"),
                ("usleep(10);", "sleep"),
        ]:
            with self.subTest(code=code):
                self.assert_found({"node/driver/x.cc": f"\n{code}\n"},
                                  f"node/driver/x.cc:2: {word}")

    def test_the_shell_may(self):
        self.assert_clean({"node/runtime/clock.cc": "auto t = std::chrono::system_clock::now();\n",
                           "node/rpc/server.cc": "std::mutex m;\n",
                           "storage/rocksdb_kv.cc": "std::mutex m;\n"})

    def test_comments_texts_and_likely_names_do_not_count(self):
        self.assert_clean({"node/ledger/x.cc": '// no std::mutex here\nauto s = "printf(";\n'
                                               "/* std::thread\n std::cout */ int n = 60'000;\n"
                                               "int brand(int x); auto t = note.time(); \n"
                                               "std::snprintf(buffer, 8, text);\n"})

    def test_an_exception_is_listed(self):
        self.assert_clean({"node/sync/x.cc": "std::mutex m;\n",
                           "scripts/purity_allowed.txt":
                               "limit 1\nnode/sync/x.cc: a thread or lock\n"})

    def test_an_exception_that_is_no_longer_needed_must_go(self):
        self.assert_found({"node/sync/x.cc": "int m;\n",
                           "scripts/purity_allowed.txt":
                               "limit 1\nnode/sync/x.cc: a thread or lock\n"}, "well done")

    def test_the_list_does_not_grow_silently(self):
        self.assert_found({"node/sync/x.cc": "std::mutex m;\n",
                           "scripts/purity_allowed.txt":
                               "limit 0\nnode/sync/x.cc: a thread or lock\n"}, "the limit says 0")


if __name__ == "__main__":
    unittest.main()
