package cmd

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// repairable is a policy that fix repairs without asking.
const repairable = `{
  "assetId": "jwt-validation",
  "assetVersion": "1.4.0",
  "configurationData": {
    "jwtKeyOrigin": "jwks",
    "jwksUrl": "https://login.microsoftonline.com/common/discovery/keys",
    "clientIdExpression": "#[vars.claimSet.appid]",
    "validateAudClaim": false
  }
}
`

// nobody is a user who is not root and owns nothing.
const nobody = 65534

// writer is a command that writes a file, with its arguments.
type writer struct {
	name, file string
	args       []string
}

// writers are the commands that write into a file that is there.
func writers() []writer {
	return []writer{
		{"fix", "policy.json", []string{"fix", "policy.json", "--write"}},
		{"baseline", "known.json", []string{
			"lint", "policy.json", "--baseline", "known.json", "--write-baseline",
			"--fail-on", "never",
		}},
		{"init", "gatewhy.yaml", []string{"init", "--force"}},
	}
}

// bench is a folder in which a command writes as a user.
type bench struct {
	t       *testing.T
	program program
	dir     string
	user    int
	writer  writer
}

// before is what the file has before the command writes it.
func (b *bench) before() string {
	switch b.writer.name {
	case "fix":
		return repairable
	case "baseline":
		return `{"schema_version": 1, "findings": []}` + "\n"
	}
	return "{}\n"
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) target() string { return b.path(b.writer.file) }

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// put writes a file that belongs to the bench's user.
func (b *bench) put(name, text string, mode fs.FileMode) {
	b.t.Helper()
	b.must(os.WriteFile(b.path(name), []byte(text), 0o600))
	b.own(name)
	b.must(os.Chmod(b.path(name), mode))
}

func (b *bench) own(name string) {
	b.t.Helper()
	if os.Geteuid() == 0 {
		b.must(os.Lchown(b.path(name), b.user, b.user))
	}
}

// command is the command, as the user runs it, behind other words: sh, strace.
func (b *bench) command(words ...string) *exec.Cmd {
	words = append(append(words, string(b.program)), b.writer.args...)
	command := exec.Command(words[0], words[1:]...)
	command.Dir = b.dir
	command.Env = append(noNetwork(), "HOME="+b.dir, "PATH="+os.Getenv("PATH"))
	if b.user != os.Geteuid() {
		user := uint32(b.user)
		command.SysProcAttr = &syscall.SysProcAttr{
			Credential: &syscall.Credential{Uid: user, Gid: user},
		}
	}
	return command
}

// run runs the command, and checks its exit code and what it says on standard error.
func (b *bench) run(code int, says string, words ...string) {
	b.t.Helper()
	var said bytes.Buffer
	command := b.command(words...)
	command.Stderr = &said
	if err := command.Run(); command.ProcessState == nil {
		b.t.Fatal(err)
	}
	if got := command.ProcessState.ExitCode(); got != code ||
		!strings.Contains(said.String(), says) {
		b.t.Errorf("exit code %d, want %d and %q: %s", got, code, says, &said)
	}
	if strings.Contains(said.String(), ".gatewhy-") {
		b.t.Errorf("a file is named that the user does not know: %s", &said)
	}
}

// written checks that the file was written, whole.
func (b *bench) written(path string) {
	b.t.Helper()
	text, err := os.ReadFile(path)
	b.must(err)
	if string(text) == b.before() || !strings.HasSuffix(string(text), "\n") {
		b.t.Errorf("not written: %s", text)
	}
}

// untouched checks that the file is as it was.
func (b *bench) untouched(path string) {
	b.t.Helper()
	if text, err := os.ReadFile(path); err != nil || string(text) != b.before() {
		b.t.Errorf("%v: %s", err, text)
	}
}

// alone checks that a folder has these files and no other.
func (b *bench) alone(folder string, names ...string) {
	b.t.Helper()
	entries, err := os.ReadDir(folder)
	b.must(err)
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		b.t.Errorf("the folder has %v, want %v", got, names)
	}
}

// situation is what a file is like when a command writes it.
type situation struct {
	name string
	root bool // only root can make it
	try  func(b *bench)
}

// standing are situations of a file that stays what it is while a command writes it.
func standing() []situation {
	refused := func(make func(b *bench, path string) error, says string) func(b *bench) {
		return func(b *bench) {
			b.must(os.Remove(b.target()))
			b.must(make(b, b.target()))
			before, err := os.Lstat(b.target())
			b.must(err)
			b.run(exitUsage, says)
			if after, err := os.Lstat(b.target()); err != nil || after.Mode() != before.Mode() {
				b.t.Errorf("%v: it was %v", err, before.Mode())
			}
		}
	}
	return []situation{
		{"a mode is kept", false, func(b *bench) {
			b.must(os.Chmod(b.target(), 0o640))
			b.run(exitOK, "")
			b.written(b.target())
			b.hasMode(b.target(), 0o640)
		}},
		{"special bits are kept", false, func(b *bench) {
			special := 0o750 | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
			b.must(os.Chmod(b.target(), special))
			b.run(exitOK, "")
			b.hasMode(b.target(), special)
		}},
		{"a link is followed", false, func(b *bench) {
			b.must(os.Mkdir(b.path("sub"), 0o755))
			b.own("sub")
			b.must(os.Rename(b.target(), b.path("sub/real")))
			b.must(os.Symlink("sub/real", b.target()))
			b.run(exitOK, "")
			b.written(b.path("sub/real"))
			if link, err := os.Readlink(b.target()); err != nil || link != "sub/real" {
				b.t.Errorf("the link is %s: %v", link, err)
			}
			b.alone(b.path("sub"), "real")
		}},
		{"of a hard link is told", false, func(b *bench) {
			b.must(os.Link(b.target(), b.path("other")))
			b.run(exitOK, "it had 2 names (hard links)")
			b.written(b.target())
			b.untouched(b.path("other"))
		}},
		{"a link to a device is refused", false, refused(func(_ *bench, path string) error {
			return os.Symlink("/dev/null", path)
		}, "")},
		{"a link to nothing is refused", false, refused(func(_ *bench, path string) error {
			return os.Symlink("nothing", path)
		}, "")},
		{"a device is refused", true, refused(func(_ *bench, path string) error {
			return syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|3)
		}, "")},
		{"a folder is refused", false, refused(func(_ *bench, path string) error {
			return os.Mkdir(path, 0o755)
		}, "")},
		{"a socket is refused", false, refused(func(b *bench, path string) error {
			listener, err := net.Listen("unix", path)
			if err == nil {
				b.t.Cleanup(func() { _ = listener.Close() })
			}
			return err
		}, "")},
		{"a pipe is refused", false, func(b *bench) {
			b.must(os.Remove(b.target()))
			b.must(syscall.Mkfifo(b.target(), 0o666))
			b.must(os.Chmod(b.target(), 0o666))
			if b.writer.name == "fix" {
				go func() { _ = os.WriteFile(b.target(), []byte(repairable), 0) }()
			}
			b.run(exitUsage, "it is a pipe, and gatewhy writes only files")
		}},
		{"a read-only file is refused", false, func(b *bench) {
			b.must(os.Chmod(b.target(), 0o444))
			b.run(exitUsage, "it is read-only")
			b.untouched(b.target())
			b.hasMode(b.target(), 0o444)
		}},
		{"a read-only file system is refused", true, func(b *bench) {
			b.mount("size=1m")
			b.must(syscall.Mount("", b.dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
			b.run(exitUsage, "read-only file system")
			b.untouched(b.target())
		}},
		{"on a full disk the old file stays", true, func(b *bench) {
			b.mount("size=16k")
			b.must(os.WriteFile(b.path("full"), bytes.Repeat([]byte("x"), 4096), 0o600))
			_ = os.WriteFile(b.path("full2"), bytes.Repeat([]byte("x"), 1<<20), 0o600)
			b.run(exitUsage, b.writer.file+": can't be written: no space left on device")
			b.untouched(b.target())
		}},
		{"without room for a name the old file stays", true, func(b *bench) {
			b.mount("size=1m,nr_inodes=4")
			b.fillInodes()
			b.run(exitUsage, b.writer.file+": can't be written: no space left on device")
			b.untouched(b.target())
		}},
		{"a limit of the size leaves the old file", false, func(b *bench) {
			command := b.command("sh", "-c", `ulimit -f 0; exec "$@"`, "sh")
			_ = command.Run() // the system ends it
			if command.ProcessState == nil || command.ProcessState.Success() {
				b.t.Error("it was written")
			}
			b.untouched(b.target())
		}},
		{"one who is killed leaves the old file", false, func(b *bench) {
			b.traced("fsync")
			b.untouched(b.target())
		}},
		{"one who is killed before the name leaves the old file", false, func(b *bench) {
			b.traced("linkat")
			b.untouched(b.target())
		}},
	}
}

// strangers are situations of a file or a folder of somebody else.
func strangers() []situation {
	return []situation{
		{"root keeps another's file theirs", true, func(b *bench) {
			if b.user != 0 {
				b.t.Skip("this one is root's")
			}
			b.must(os.Chown(b.target(), 1234, 1235))
			b.must(os.Chmod(b.target(), 0o660|fs.ModeSetgid))
			b.run(exitOK, "")
			b.written(b.target())
			b.hasMode(b.target(), 0o660|fs.ModeSetgid)
			b.owner(b.target(), 1234, 1235)
		}},
		{"root's file is not overwritten by another", true, func(b *bench) {
			b.notRoot()
			b.must(os.Chown(b.target(), 0, 0))
			b.must(os.Chmod(b.target(), 0o644))
			b.run(exitUsage, "permission denied")
			b.untouched(b.target())
			b.owner(b.target(), 0, 0)
		}},
		{"of another owner is told", true, func(b *bench) {
			b.notRoot()
			b.must(os.Chown(b.target(), 0, 0))
			b.must(os.Chmod(b.target(), 0o666|fs.ModeSetuid))
			b.run(exitOK, "it belonged to user 0 and group 0, and belongs to user 65534")
			b.written(b.target())
			b.hasMode(b.target(), 0o666) // no program of this user's by accident
		}},
		{"a folder of another's is refused", true, func(b *bench) {
			b.notRoot()
			b.must(os.Chown(b.dir, 0, 0))
			b.must(os.Chmod(b.dir, 0o755))
			b.run(exitUsage, "the user who runs the command must be able to write")
			b.untouched(b.target())
		}},
	}
}

func (b *bench) notRoot() {
	b.t.Helper()
	if b.user == 0 {
		b.t.Skip("root may do anything")
	}
}

func (b *bench) hasMode(path string, want fs.FileMode) {
	b.t.Helper()
	info, err := os.Stat(path)
	b.must(err)
	if got := info.Mode(); got != want {
		b.t.Errorf("its mode is %v, want %v", got, want)
	}
}

func (b *bench) owner(path string, user, group uint32) {
	b.t.Helper()
	info, err := os.Stat(path)
	b.must(err)
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Uid != user || stat.Gid != group {
		b.t.Errorf("it belongs to user %d and group %d", stat.Uid, stat.Gid)
	}
}

// mount puts a small file system into the bench's place, with the same files.
func (b *bench) mount(options string) {
	b.t.Helper()
	if err := syscall.Mount("tmpfs", b.dir, "tmpfs", 0, options+",mode=777"); err != nil {
		b.t.Skip("nothing can be mounted: ", err)
	}
	b.t.Cleanup(func() { _ = syscall.Unmount(b.dir, syscall.MNT_DETACH) })
	b.files()
}

func (b *bench) fillInodes() {
	for i := range 8 {
		if os.WriteFile(b.path("inode"+string(rune('a'+i))), nil, 0o600) != nil {
			return
		}
	}
	b.t.Fatal("the file system has room yet")
}

// traced kills the command at a system call.
func (b *bench) traced(call string) {
	b.t.Helper()
	trace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(trace, "-o", "/dev/null", "true").Run() // a container may forbid it
	}
	if err != nil {
		b.t.Skip("nothing can be traced: ", err)
	}
	command := b.command(trace, "-f", "-o", "/dev/null", "-e", "trace="+call,
		"-e", "inject="+call+":signal=KILL:error=EINTR")
	_ = command.Run() // it is killed
	if command.ProcessState == nil || command.ProcessState.Success() {
		b.t.Error("it was not killed")
	}
}

// files are what each command needs, and what it writes.
func (b *bench) files() {
	b.t.Helper()
	b.put("policy.json", repairable, 0o644)
	if b.writer.file != "policy.json" {
		b.put(b.writer.file, b.before(), 0o644)
	}
}

// newBench makes a folder in which a user may do all.
func newBench(t *testing.T, gatewhy program, w writer, user int) *bench {
	t.Helper()
	b := &bench{t: t, program: gatewhy, dir: t.TempDir(), user: user, writer: w}
	b.must(os.Chmod(b.dir, 0o777))
	b.must(os.Chmod(filepath.Dir(b.dir), 0o755))
	b.files()
	return b
}

// eachUser runs a test as root, where this is root, and as somebody else.
func eachUser(t *testing.T, test func(t *testing.T, user int)) {
	t.Helper()
	users := map[string]int{"as user": os.Geteuid()}
	if os.Geteuid() == 0 {
		users = map[string]int{"as root": 0, "as another": nobody}
	}
	for name, user := range users {
		t.Run(name, func(t *testing.T) { test(t, user) })
	}
}

// openBuild builds the program where any user may run it.
func openBuild(t *testing.T) program {
	t.Helper()
	gatewhy := build(t)
	for dir := filepath.Dir(string(gatewhy)); dir != os.TempDir() && dir != "/"; {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		dir = filepath.Dir(dir)
	}
	return gatewhy
}

func TestAFileIsWrittenAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	gatewhy := openBuild(t)
	for _, s := range append(standing(), strangers()...) {
		for _, w := range writers() {
			t.Run(s.name+", by "+w.name, func(t *testing.T) {
				eachUser(t, func(t *testing.T, user int) {
					if s.root && os.Geteuid() != 0 {
						t.Skip("only root can make this")
					}
					b := newBench(t, gatewhy, w, user)
					s.try(b)
					b.nothingBeside()
				})
			})
		}
	}
}

// nothingBeside checks that no file of ours stays.
func (b *bench) nothingBeside() {
	b.t.Helper()
	left, err := filepath.Glob(b.path(".gatewhy-*"))
	if err != nil || len(left) > 0 {
		b.t.Errorf("%v stay, %v", left, err)
	}
}

// A repair of what was read would undo what somebody has edited since.
func TestAFileThatWasEditedMeanwhileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	gatewhy := openBuild(t)
	eachUser(t, func(t *testing.T, user int) {
		w := writers()[0]
		w.args = append(w.args, "--token", "@token")
		b := newBench(t, gatewhy, w, user)
		b.must(syscall.Mkfifo(b.path("token"), 0o666))
		b.must(os.Chmod(b.path("token"), 0o666))
		edited := strings.Replace(repairable, "1.4.0", "1.4.1", 1)
		done := make(chan error, 1)
		go func() {
			// opened when the command reads its token, after it has read the policy
			pipe, err := os.OpenFile(b.path("token"), os.O_WRONLY, 0)
			if err == nil {
				err = os.WriteFile(b.target(), []byte(edited), 0)
			}
			if err == nil {
				_, err = pipe.WriteString(tokenOf(`{"alg":"RS256","kid":"k"}`, "{}"))
			}
			done <- errors.Join(err, pipe.Close())
		}()
		b.run(exitUsage, "policy.json: can't be written: it has changed since it was read")
		b.must(<-done)
		if text, err := os.ReadFile(b.target()); err != nil || string(text) != edited {
			t.Errorf("%v: %s", err, text)
		}
	})
}

// newFiles are the commands that write a file that is not there.
func newFiles() []writer {
	all := writers()[1:]
	all[1].args = []string{"init"}
	return all
}

func TestANewFileIsMadeWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	gatewhy := openBuild(t)
	for _, s := range []situation{
		{"with the mode that the umask leaves", false, func(b *bench) {
			b.run(exitOK, "", "sh", "-c", `umask 027; exec "$@"`, "sh")
			b.written(b.target())
			b.hasMode(b.target(), 0o640)
		}},
		{"a full disk leaves no empty file", true, func(b *bench) {
			b.mount("size=16k")
			b.must(os.Remove(b.target()))
			_ = os.WriteFile(b.path("full"), bytes.Repeat([]byte("x"), 1<<20), 0o600)
			b.run(exitUsage, "make room on the disk")
			b.alone(b.dir, "full", "policy.json")
		}},
		{"a limit of the size leaves none", false, func(b *bench) {
			_ = b.command("sh", "-c", `ulimit -f 0; exec "$@"`, "sh").Run() // the system ends it
			b.alone(b.dir, "policy.json")
		}},
		{"one who is killed leaves none", false, func(b *bench) {
			b.traced("fsync")
			b.alone(b.dir, "policy.json")
		}},
		{"not in a folder that nobody may write to", true, func(b *bench) {
			b.notRoot()
			b.must(os.Chmod(b.dir, 0o755))
			b.run(exitUsage, "the user who runs the command must be able to write")
			b.alone(b.dir, "policy.json")
		}},
	} {
		for _, w := range newFiles() {
			t.Run(s.name+", by "+w.name, func(t *testing.T) {
				eachUser(t, func(t *testing.T, user int) {
					if s.root && os.Geteuid() != 0 {
						t.Skip("only root can make this")
					}
					b := newBench(t, gatewhy, w, user)
					b.must(os.Remove(b.target()))
					if s.root {
						b.put(w.file, b.before(), 0o644)
						b.must(os.Remove(b.target()))
					}
					s.try(b)
					b.nothingBeside()
				})
			})
		}
	}
}

// Of several that make the same file at once, one has made it, and the others say so.
func TestAFileThatMustBeNewIsMadeOnce(t *testing.T) {
	t.Parallel()
	gatewhy := openBuild(t)
	b := newBench(t, gatewhy, newFiles()[1], os.Geteuid())
	b.must(os.Remove(b.target()))
	const many = 8
	codes := make(chan int, many)
	for range many {
		go func() {
			command := b.command()
			_ = command.Run() // its exit code tells
			codes <- command.ProcessState.ExitCode()
		}()
	}
	made := 0
	for range many {
		if code := <-codes; code == exitOK {
			made++
		} else if code != exitUsage {
			t.Errorf("exit code %d", code)
		}
	}
	if made != 1 {
		t.Errorf("it was made %d times", made)
	}
	b.written(b.target())
	b.alone(b.dir, "gatewhy.yaml", "policy.json")
}

// A file system without files that have no name, or without hard links.
func TestAFileIsWrittenWhereItMustHaveANameFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	named := func() *besideFile {
		b := &besideFile{folder: dir}
		var err error
		b.name = b.newName()
		b.File, err = os.OpenFile(b.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if _, err := b.settle(nil); err != nil {
			t.Fatal(err)
		}
		return b
	}
	path := filepath.Join(dir, "file")
	for _, place := range []func(*besideFile) error{
		func(b *besideFile) error { return b.placeNew(path) },
		func(b *besideFile) error { return b.replace(path) },
		func(b *besideFile) error {
			if err := b.placeNew(path); !errors.Is(err, fs.ErrExist) {
				t.Errorf("made twice: %v", err)
			}
			return nil
		},
	} {
		b := named()
		if err := place(b); err != nil {
			t.Error(err)
		}
		b.discard()
		if text, err := os.ReadFile(path); err != nil || string(text) != "new" {
			t.Errorf("%v: %q", err, text)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}
