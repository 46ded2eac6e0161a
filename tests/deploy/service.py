#!/usr/bin/python3 -B
"""Runs a unit's program as systemd would, where systemd itself cannot run.

    service.py ROOT UNIT LOG COMMAND...

In the root file system ROOT, with what a unit says of user, files and system calls in force: user and group,
credentials, state directory, umask, descriptors, no new privileges, SystemCallFilter,
RestrictAddressFamilies, MemoryDenyWriteExecute. Once the program has said READY=1 COMMAND runs, and the
unit's ExecReload; then SIGTERM. Fails unless COMMAND and ExecReload succeed and the program says what
Type=notify asks for and ends with 0. What the program says goes to LOG, which it must take for the journal.
"""
import mmap
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time

import seccomp
from unit_file import UnitFile

READY_SECONDS = 30
END_SECONDS = 60
ADDRESS_FAMILIES = range(46)  # socket(2), AF_MAX of Linux 5 and 6


class Service:
    def __init__(self, root, path, log):
        self.root, self.unit, self.log = root, UnitFile(path), log
        self.name = os.path.basename(path)
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        self.user = self.find_user(self.unit.service("User"))
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.system_calls = self.unit.system_calls()
        self.process = None

    def find_user(self, name):
        with open(os.path.join(self.root, "etc/passwd"), encoding="utf-8") as passwd:
            for line in passwd:
                fields = line.rstrip("\n").split(":")
                if fields[0] == name:
                    return pwd.struct_passwd([*fields[:2], int(fields[2]), int(fields[3]), *fields[4:]])
        sys.exit(f"{self.root}: no user {name}")

    def make_directories(self):
        for name in self.unit.words("StateDirectory"):
            path = os.path.join(self.root, "var/lib", name)
            os.makedirs(path, exist_ok=True)
            os.chmod(path, int(self.unit.service("StateDirectoryMode"), 8))
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        handed_over = f"/run/credentials/{self.name}"
        os.makedirs(self.root + handed_over, exist_ok=True)
        for value in self.unit["Service", "LoadCredential"]:
            name, source = value.split(":", 1)
            for file in os.listdir(self.root + source):
                copy = f"{self.root}{handed_over}/{name}_{file}"
                shutil.copyfile(f"{self.root}{source}/{file}", copy)
                os.chmod(copy, 0o400)
                os.chown(copy, self.user.pw_uid, self.user.pw_gid)
        os.chown(self.root + handed_over, self.user.pw_uid, self.user.pw_gid)
        self.environment["CREDENTIALS_DIRECTORY"] = handed_over

    def confine(self):
        """In the child, before exec."""
        os.chroot(self.root)
        os.chdir("/")
        os.umask(int(self.unit.service("UMask"), 8))
        # Where the test may not raise it, what there is has to do.
        files = min(int(self.unit.service("LimitNOFILE")), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        os.setgroups([])
        os.setgid(self.user.pw_gid)
        os.setuid(self.user.pw_uid)
        self.deny_address_families()
        self.deny_write_and_execute()
        calls = seccomp.SyscallFilter(seccomp.ERRNO(1))  # EPERM: SystemCallErrorNumber
        for name in self.system_calls:
            try:
                calls.add_rule(seccomp.ALLOW, name)
            except (RuntimeError, ValueError):
                pass  # one that this processor does not have
        calls.load()

    def deny_address_families(self):
        allowed = {getattr(socket, name) for name in self.unit.words("RestrictAddressFamilies")}
        families = seccomp.SyscallFilter(seccomp.ALLOW)
        for family in set(ADDRESS_FAMILIES) - allowed:
            families.add_rule(seccomp.ERRNO(97), "socket", seccomp.Arg(0, seccomp.EQ, family))
        families.load()

    def deny_write_and_execute(self):
        if self.unit.service("MemoryDenyWriteExecute") != "yes":
            return
        both, execute = mmap.PROT_WRITE | mmap.PROT_EXEC, mmap.PROT_EXEC
        memory = seccomp.SyscallFilter(seccomp.ALLOW)
        memory.add_rule(seccomp.ERRNO(1), "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, both, both))
        for call in ("mprotect", "pkey_mprotect"):
            memory.add_rule(seccomp.ERRNO(1), call,
                            seccomp.Arg(2, seccomp.MASKED_EQ, execute, execute))
        memory.load()

    def command(self, value):
        return [word.replace("$MAINPID", str(self.process.pid if self.process else ""))
                for word in value.split()]

    def prove_confinement(self):
        """What the unit forbids fails, so that what the program does not need is known not to be there."""
        for forbidden in ("unshare --user true", "touch /etc/mpic/touched", "chown 1 /run",
                          "cat /etc/shadow"):
            done = subprocess.run(self.command(f"/usr/bin/{forbidden}"), env=self.environment,
                                  capture_output=True, preexec_fn=self.confine, check=False)
            if done.returncode == 0 or not done.stderr:
                sys.exit(f"{self.name}: is permitted: {forbidden}: {done}")

    def start(self):
        self.make_directories()
        self.prove_confinement()
        name = f"mpic-notify-{os.getpid()}"
        self.notifications.bind(f"\0{name}")
        with open(self.log, "wb") as log:
            status = os.fstat(log.fileno())
            self.environment["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
            self.environment["NOTIFY_SOCKET"] = f"@{name}"
            self.process = subprocess.Popen(
                self.command(self.unit.service("ExecStart")), env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self.confine)
        self.expect("READY=1", READY_SECONDS)

    def expect(self, state, seconds):
        deadline = time.monotonic() + seconds
        said = []
        while time.monotonic() < deadline:
            self.notifications.settimeout(0.2)
            try:
                said.append(self.notifications.recv(4096).decode().split("\n")[0])
            except TimeoutError:
                if self.process.poll() is not None:
                    break
                continue
            if said[-1] == state:
                return
        self.fail(f"{state} did not come, but {said}, exit code {self.process.poll()}")

    def reload(self):
        for value in self.unit["Service", "ExecReload"]:
            subprocess.run(self.command(value), env=self.environment, preexec_fn=self.confine, check=True)
        self.expect("RELOADING=1", READY_SECONDS)
        self.expect("READY=1", READY_SECONDS)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.expect("STOPPING=1", READY_SECONDS)
        if (code := self.process.wait(END_SECONDS)) != 0:
            self.fail(f"exit code {code}")

    def check_log(self):
        with open(self.log, encoding="utf-8") as log:
            for line in log:
                if not (line[0] == "<" and line[1] in "3467" and line[2:4] == ">{"):
                    self.fail(f"no line for the journal: {line}")

    def fail(self, message):
        if self.process and self.process.poll() is None:
            self.process.kill()
        with open(self.log, encoding="utf-8", errors="replace") as log:
            sys.exit(f"{self.name}: {message}\n{log.read()}")


def main():
    root, unit, log, *command = sys.argv[1:]
    service = Service(root, unit, log)
    service.start()
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        service.fail(f"{command}: exit code {done.returncode}")
    service.reload()
    service.stop()
    service.check_log()
    print(f"{service.name}: ready, reloaded, stopped, under the unit's restrictions")


if __name__ == "__main__":
    main()
