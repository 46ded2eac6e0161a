"""A systemd unit file as lists of values, and what its filters of system calls come to."""
import subprocess


class UnitFile:
    """unit["Service", "ExecReload"] is all values in order; an empty assignment begins anew."""

    def __init__(self, path):
        self.values, section = {}, ""
        with open(path, encoding="utf-8") as text:
            for line in map(str.strip, text):
                if line.startswith("["):
                    section = line.strip("[]")
                elif line and line[0] not in "#;":
                    key, value = (part.strip() for part in line.split("=", 1))
                    values = self.values.setdefault((section, key), [])
                    if value:
                        values.append(value)
                    else:
                        values.clear()

    def __getitem__(self, key):
        return self.values.get(key, [])

    def service(self, key):
        """The last value of a setting of [Service]; None where it has none."""
        values = self["Service", key]
        return values[-1] if values else None

    def words(self, key):
        return " ".join(self["Service", key]).split()

    def system_calls(self):
        """Those that SystemCallFilter lets through."""
        allowed = set()
        for value in self["Service", "SystemCallFilter"]:
            names = {name for word in value.lstrip("~").split() for name in members(word)}
            allowed = allowed - names if value.startswith("~") else allowed | names
        return allowed


def members(word):
    """The system calls of a group ("@system-service"), groups in it included."""
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True,
                            capture_output=True, text=True).stdout
    below = [line.split()[0] for line in listed.splitlines()[1:]
             if line.strip() and not line.strip().startswith("#")]
    return {name for one in below for name in members(one)}
