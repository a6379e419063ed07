package exercise

import (
	"fmt"
	"strconv"
	"time"
)

// Priorities of the lines that we write: facility authpriv, as sshd and sudo
// use it, with three severities.
const (
	priorityInfo   = 10*8 + 6
	priorityNotice = 10*8 + 5
	priorityAlert  = 10*8 + 1
)

// say writes a line of a program to the host's syslog stream.
func (h *host) say(at time.Time, priority int, program string, pid int, message string) {
	src := h.world.source(h.Site, "syslog")
	h.world.write(at, src, func() []byte {
		if src.Shape == "rfc5424" {
			return fmt.Appendf(nil, "<%d>1 %s %s %s %s - - %s", priority, at.Format("2006-01-02T15:04:05.000000Z07:00"), lower(h.Name), program, pidText(pid, "-"), message)
		}
		tag := program
		if pid > 0 {
			tag += "[" + strconv.Itoa(pid) + "]"
		}
		return fmt.Appendf(nil, "<%d>%s %s %s: %s", priority, at.Format(time.Stamp), lower(h.Name), tag, message)
	})
}

func pidText(pid int, none string) string {
	if pid == 0 {
		return none
	}
	return strconv.Itoa(pid)
}

// sshAccepted writes what sshd says of a granted sign-in.
func (h *host) sshAccepted(at time.Time, user, from string, port int, method string) {
	pid := h.nextSSHD()
	key := ""
	if method == "publickey" {
		key = ": ED25519 SHA256:" + keyPrint(user)
	}
	h.say(at, priorityInfo, "sshd", pid, fmt.Sprintf("Accepted %s for %s from %s port %d ssh2%s", method, user, from, port, key))
	h.say(at.Add(40*time.Millisecond), priorityInfo, "sshd", pid, fmt.Sprintf("pam_unix(sshd:session): session opened for user %s(uid=%d) by (uid=0)", user, 1000+hash64(user)%40))
}

// sshRefused writes what sshd says of a wrong password.
func (h *host) sshRefused(at time.Time, user string, known bool, from string, port int) {
	pid := h.nextSSHD()
	invalid := ""
	if !known {
		invalid = "invalid user "
		h.say(at, priorityInfo, "sshd", pid, fmt.Sprintf("Invalid user %s from %s port %d", user, from, port))
	}
	h.say(at.Add(2100*time.Millisecond), priorityInfo, "sshd", pid, fmt.Sprintf("Failed password for %s%s from %s port %d ssh2", invalid, user, from, port))
	end := "Connection closed by authenticating user "
	if !known {
		end = "Connection closed by invalid user "
	}
	h.say(at.Add(2900*time.Millisecond), priorityInfo, "sshd", pid, fmt.Sprintf("%s%s %s port %d [preauth]", end, user, from, port))
}

// sudo writes what sudo says of a command, or why it refused.
func (h *host) sudo(at time.Time, user, command, refused string) {
	where := "TTY=pts/0 ; PWD=/home/" + user + " ; USER=root ; COMMAND=" + command
	if refused != "" {
		h.say(at, priorityAlert, "sudo", 0, fmt.Sprintf("%8s : %s ; %s", user, refused, where))
		return
	}
	h.say(at, priorityNotice, "sudo", 0, fmt.Sprintf("%8s : %s", user, where))
	h.say(at.Add(3*time.Millisecond), priorityInfo, "sudo", 0, fmt.Sprintf("pam_unix(sudo:session): session opened for user root(uid=0) by %s(uid=%d)", user, 1000+hash64(user)%40))
	h.say(at.Add(700*time.Millisecond), priorityInfo, "sudo", 0, "pam_unix(sudo:session): session closed for user root")
}

func (h *host) nextSSHD() int {
	h.pid += 2 + h.world.rng.IntN(30)
	return h.pid
}

func lower(name string) string {
	b := []byte(name)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func keyPrint(user string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b := make([]byte, 43)
	v := hash64("key of " + user)
	for i := range b {
		b[i] = letters[v%64]
		v = v*6364136223846793005 + 1442695040888963407
	}
	return string(b)
}
