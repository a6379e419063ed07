package ingest

import (
	"bytes"
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/noroshi-soc/noroshi/internal/source"
)

// udpBuffer is what the system is asked to hold of datagrams that are not read yet.
const udpBuffer = 8 << 20

// receive reads datagrams, each of which is one record.
func (p *portal) receive() {
	defer func() { _ = p.udp.Close() }()
	buf := make([]byte, 1<<16)
	for {
		n, from, err := p.udp.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if err != nil {
			p.syslog.Logger.Debug("receive datagram", "reason", err)
			pause(p.syslog.ctx, 10*time.Millisecond)
			continue
		}
		k, reason := p.owner(from.Addr())
		if reason != "" {
			id := ""
			if k != nil {
				id = k.ID
			}
			p.syslog.Meter.refused(reason, id, 1)
			continue
		}
		p.syslog.datagram(k, from.Addr().Unmap().String(), buf[:n])
	}
}

func (s *Syslog) datagram(k *source.Known, peer string, b []byte) {
	if b = bytes.TrimRight(b, "\n\r\x00"); len(b) == 0 {
		return
	}
	cost := int64(len(b) + spanCost)
	if s.datagramBytes.Add(cost) > s.DatagramBytes {
		s.datagramBytes.Add(-cost)
		s.Meter.refused(LostUDP, k.ID, 1)
		return
	}
	if s.lanes.datagram(k, peer, source.Record{Bytes: b, Size: len(b)}, s.Limits) {
		select {
		case s.kick <- struct{}{}:
		default:
		}
	}
}

// drops reads from the system how many datagrams the socket lost; 0 where it does not tell.
func (p *portal) drops() uint64 {
	raw, err := p.udp.SyscallConn()
	if err != nil {
		return 0
	}
	var inode uint64
	_ = raw.Control(func(fd uintptr) {
		var st syscall.Stat_t
		if syscall.Fstat(int(fd), &st) == nil {
			inode = st.Ino
		}
	})
	for _, name := range []string{"/proc/net/udp", "/proc/net/udp6"} {
		table, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if n, ok := dropsOf(table, inode); ok {
			return n
		}
	}
	return 0
}

// dropsOf finds a socket in the system's table: the tenth column is its inode, the last its drops.
func dropsOf(table []byte, inode uint64) (uint64, bool) {
	want := strconv.AppendUint(nil, inode, 10)
	for line := range bytes.Lines(table) {
		f := bytes.Fields(line)
		if len(f) >= 13 && bytes.Equal(f[9], want) {
			n, err := strconv.ParseUint(string(f[len(f)-1]), 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
