"""scripts/check_layering.py fails on every kind of violation of the architecture, only on those."""

import unittest

import planted


class Layering(planted.PlantedCheck):
    script = "check_layering.py"

    def test_a_room_sees_itself_and_what_the_table_names(self):
        self.assert_clean({
            "node/ledger/entry.cc": '#include "node/ledger/entry.h"\n#include "node/base/id.h"\n',
            "node/merge/slot.cc": '#include "entente/v1/store.pb.h"\n',
            "node/main.cc": '#include "node/rpc/server.h"\n#include <chrono>\n',
            "node/rpc/server.cc": '#include <grpcpp/grpcpp.h>\n#include "node/store/log.h"\n',
            "tests/unit/x/x_test.cc": '#include "storage/memory_kv.h"\n#include <thread>\n',
        })

    def test_an_upward_include_is_named_with_file_and_line(self):
        self.assert_found({"node/base/id.h": '#pragma once\n#include "node/ledger/entry.h"\n'},
                          "node/base/id.h:2: node/base may not include node/ledger",
                          "nothing of ours")

    def test_the_disk_knows_no_domain(self):
        self.assert_found({"storage/kv.h": '#include "node/base/id.h"\n'},
                          "storage may not include node/base")

    def test_the_client_never_opens_the_store(self):
        self.assert_found({"client/commands/where.cc": '#include "node/store/schema.h"\n'},
                          "client may not include node/store")

    def test_the_client_never_links_the_store(self):
        self.assert_found({"client/CMakeLists.txt": "library(NAME cli\n  DEPS entente::store)\n"},
                          "client/CMakeLists.txt:2: client may not link entente::store")

    def test_keys_are_apart_from_the_commands(self):
        self.assert_found({"client/keys/key_file.cc": '#include "client/base/render.h"\n'},
                          "client/keys may not include client")

    def test_rooms_inside_a_room_have_their_order_too(self):
        self.assert_clean({"node/query/round/round.cc": '#include "node/query/view/views.h"\n',
                           "client/app.cc": '#include "client/commands/commands.h"\n'})
        self.assert_found({"node/query/view/views.cc": '#include "node/query/round/round.h"\n'},
                          "node/query/view may not include node/query/round/round.h")
        self.assert_found({"client/base/files.cc": '#include "client/app.h"\n'},
                          "client/base may not include client/app.h")
        self.assert_found({"node/query/gadgets/x.cc": "\n"}, "this folder is no room")

    def test_nothing_includes_tests(self):
        self.assert_found({"node/rpc/server.cc": '#include "tests/support/nodes.h"\n'},
                          "product code includes a test header")

    def test_generated_messages_are_a_room(self):
        self.assert_found({"node/ledger/entry.cc": '#include "entente/v1/entry.pb.h"\n'},
                          "node/ledger may not include proto")

    def test_outside_libraries_have_their_place(self):
        for path, header, name in [
                ("storage/memory_kv.cc", "<rocksdb/db.h>", "RocksDB"),
                ("node/ledger/entry.cc", "<openssl/evp.h>", "OpenSSL"),
                ("client/commands/key.cc", "<openssl/pem.h>", "OpenSSL"),
                ("node/rpc/tls.cc", "<sodium.h>", "libsodium"),
                ("node/driver/driver.cc", "<grpcpp/server.h>", "gRPC"),
                ("node/wire/codec.cc", '"entente/v1/sync.grpc.pb.h"', "gRPC"),
                ("node/rpc/server.cc", "<spdlog/spdlog.h>", "spdlog"),
                ("node/runtime/x.cc", "<CLI/CLI.hpp>", "CLI11"),
                ("node/store/log.cc", "<toml++/toml.h>", "toml++"),
                ("node/sync/frontier/plan.cc", "<thread>", "a thread, lock or clock header"),
                ("storage/ordered.cc", "<chrono>", "a thread, lock or clock header"),
                ("node/base/id.cc", "<mutex>", "a thread, lock or clock header"),
        ]:
            with self.subTest(path=path, header=header):
                self.assert_found({path: f"#include {header}\n"}, f"{path}:1: {name}")

    def test_outside_libraries_are_welcome_in_their_place(self):
        self.assert_clean({
            "storage/rocksdb_kv.cc": "#include <rocksdb/db.h>\n#include <mutex>\n",
            "node/wire/status_codec.cc": "#include <grpcpp/support/status.h>\n",
            "node/config.cc": "#include <toml++/toml.h>\n",
            "node/base/mutex.h": "#include <mutex>\n",
        })

    def test_includes_are_written_from_the_root(self):
        self.assert_found({"node/base/id.cc": '#include "id.h"\n'}, "relative to its folder")

    def test_a_new_folder_needs_a_rule(self):
        self.assert_found({"node/helpers/x.h": "#pragma once\n", "gadgets/y.cc": "\n"},
                          "gadgets/y.cc:1: this folder is no room",
                          "node/helpers/x.h:1: this folder is no room")


if __name__ == "__main__":
    unittest.main()
