# Runs a command on a pseudo-terminal and types at it: typist.py '[["seen", "typed"], ...]' command...
import json, os, pty, select, sys, time

script = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

seen = b""
deadline = time.time() + 240
while True:
    if time.time() > deadline:
        os.kill(pid, 9)
        sys.stderr.write("typist.py: it took too long\n")
        break
    if script and script[0][0].encode() in seen:
        seen = seen.split(script[0][0].encode(), 1)[1]
        os.write(fd, script.pop(0)[1].encode())
    ready, _, _ = select.select([fd], [], [], 0.05)
    if not ready:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()

_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
