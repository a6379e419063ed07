package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/bus"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// desk is a syslog door whose clock ticks when the test says so.
type desk struct {
	*house
	syslog *ingest.Syslog
	tick   chan time.Time
}

func (d *desk) ticker(time.Duration) (<-chan time.Time, func()) { return d.tick, func() {} }

// flush makes the door write what it holds. It returns when the one before is done.
func (d *desk) flush() {
	d.t.Helper()
	select {
	case d.tick <- time.Time{}:
	case <-time.After(20 * time.Second):
		d.t.Fatal("the door does not come back to its ticks")
	}
}

func from(prefixes ...string) func(*source.Known) {
	return func(k *source.Known) {
		k.Format = source.FormatSyslog
		for _, p := range prefixes {
			k.Senders = append(k.Senders, netip.MustParsePrefix(p))
		}
	}
}

func newDesk(t *testing.T, log ingest.Appender, change func(*ingest.SyslogOptions), sources ...source.Known) *desk {
	t.Helper()
	if len(sources) == 0 {
		sources = []source.Known{known(t, "s1", from("127.0.0.0/8"))}
	}
	d := &desk{tick: make(chan time.Time)}
	if log == nil {
		d.house = newHouse(t, ingest.Limits{}, sources...)
		log = d.log
	} else {
		d.house = houseOver(t, log, ingest.Limits{}, sources...)
	}
	opts := ingest.SyslogOptions{Registry: d.registry, Log: log, Meter: d.meter, Common: "127.0.0.1:0", Host: "127.0.0.1", Ticker: d.ticker}
	if change != nil {
		change(&opts)
	}
	s, err := ingest.ListenSyslog(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	d.syslog = s
	t.Cleanup(func() { d.close() })
	return d
}

func (d *desk) close() {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.syslog.Close(ctx); err != nil {
		d.t.Error(err)
	}
}

// dial connects from one of this machine's own addresses.
func (d *desk) dial(network, local string, port int) net.Conn {
	d.t.Helper()
	if port == 0 {
		port = int(d.syslog.Addr().Port())
	}
	var laddr net.Addr = &net.TCPAddr{IP: net.ParseIP(local)}
	if network == "udp" {
		laddr = &net.UDPAddr{IP: net.ParseIP(local)}
	}
	c, err := (&net.Dialer{LocalAddr: laddr}).DialContext(d.t.Context(), network, fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = c.Close() })
	return c
}

func (d *desk) send(c net.Conn, s string) {
	d.t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		d.t.Fatal(err)
	}
}

// hungUp waits until the door closes the connection.
func (d *desk) hungUp(c net.Conn) {
	d.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, c); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		d.t.Fatal("the connection stays open")
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func lines(records []source.Record) string {
	var out []string
	for _, r := range records {
		s := string(r.Bytes)
		if r.Problem != "" {
			s = "!" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, "¦")
}

func TestSyslogTCPFraming(t *testing.T) {
	f := func(sent, want string) {
		t.Helper()
		d := newDesk(t, nil, nil)
		c := d.dial("tcp", "127.0.0.1", 0)
		d.send(c, sent)
		_ = c.Close()
		if got := lines(d.waitRecords(strings.Count(want, "¦") + 1)); got != want {
			t.Errorf("%q:\n got %q\nwant %q", sent, got, want)
		}
	}
	f("<13>one\n<13>two\r\n\n<13>three", "<13>one¦<13>two¦<13>three")
	f("<13>one\x00<13>two\x00", "<13>one¦<13>two")
	f("9 <13>a\nb\nc7 <13>two", "<13>a\nb\nc¦<13>two")
	f("8 <13>one\n\n7 <13>two\n<13>three\n8 <13>four", "<13>one¦<13>two¦<13>three¦<13>four")
	f("7 <13>one3 two", "<13>one¦two")
	f("2026-11-22 no priority\n5 lines\n12\n", "2026-11-22 no priority¦5 lines¦12")
	f("99999999999 <13>no count\n", "99999999999 <13>no count")
	f("20 <13>short", "!<13>short")
}

func TestSyslogUDP(t *testing.T) {
	d := newDesk(t, nil, nil)
	c := d.dial("udp", "127.0.0.1", 0)
	for _, s := range []string{"<13>one\n", "<13>two\x00", "\n", "", "<13>a\nb"} {
		d.send(c, s)
	}
	other := d.dial("udp", "127.0.0.2", 0)
	d.send(other, "<13>other")
	var got []*source.Batch
	n := 0
	d.tickUntil(func() bool { return d.meter.Totals().Records == 4 })
	of := map[string][]source.Record{} // by sender: a tick may fall between two records
	for _, b := range d.batches() {
		got = append(got, b)
		n += len(b.Records)
		of[b.Peer] = append(of[b.Peer], b.Records...)
	}
	if want := "<13>one¦<13>two¦<13>a\nb"; lines(of["127.0.0.1"]) != want || lines(of["127.0.0.2"]) != "<13>other" {
		t.Errorf("got %q and %q", lines(of["127.0.0.1"]), lines(of["127.0.0.2"]))
	}
	if n != 4 || got[0].Source != "s1" || got[0].Format != source.FormatSyslog {
		t.Errorf("%d records: %+v", n, got[0])
	}
}

// tickUntil lets the door's time pass until something is so.
func (d *desk) tickUntil(f func() bool) {
	d.t.Helper()
	until(d.t, "ticks bring it about", func() bool {
		d.flush()
		return f()
	})
}

func TestRecordsWaitForTheTickOnly(t *testing.T) {
	d := newDesk(t, nil, nil)
	c := d.dial("tcp", "127.0.0.1", 0)
	d.send(c, "<13>one\n")
	d.tickUntil(func() bool { return d.meter.Totals().Records == 1 })
	d.send(c, strings.Repeat("<13>many\n", 1000)) // a full batch needs no tick
	if got := d.waitRecords(1001); len(got) != 1001 {
		t.Errorf("%d records", len(got))
	}
	if s := d.meter.Stats("s1"); s.Records != 1001 || d.meter.Totals().Connections != 1 {
		t.Errorf("%+v", s)
	}
}

func TestUnknownSendersAreRefusedAndCounted(t *testing.T) {
	d := newDesk(t, nil, nil, known(t, "s1", from("127.0.0.2/32")), known(t, "off", func(k *source.Known) {
		from("127.0.0.3/32")(k)
		k.Off = true
	}))
	d.hungUp(d.dial("tcp", "127.0.0.1", 0))
	d.hungUp(d.dial("tcp", "127.0.0.3", 0))
	d.send(d.dial("udp", "127.0.0.1", 0), "<13>unknown")
	d.send(d.dial("udp", "127.0.0.3", 0), "<13>off")
	d.send(d.dial("udp", "127.0.0.2", 0), "<13>known")
	d.tickUntil(func() bool { return d.meter.Totals().Records == 1 })
	if got := lines(d.records()); got != "<13>known" {
		t.Errorf("kept %q", got)
	}
	total := d.meter.Totals()
	if total.Refused[ingest.RefusedSender] != 2 || total.Refused[ingest.RefusedOff] != 2 || d.meter.Stats("off").Refused != 2 || total.Connections != 0 {
		t.Errorf("%+v", total)
	}
}

func TestLongestPrefixWins(t *testing.T) {
	d := newDesk(t, nil, nil, known(t, "wide", from("127.0.0.0/8", "::/0")), known(t, "host", from("127.0.0.2/32")), known(t, "net", from("::ffff:127.0.0.0/124")))
	for sender, want := range map[string]string{"127.1.0.1": "wide", "127.0.0.2": "host", "127.0.0.3": "net", "2001:db8::1": "wide", "::ffff:127.0.0.2": "host"} {
		if k, ok := d.registry.ByAddress(netip.MustParseAddr(sender)); !ok || k.ID != want {
			t.Errorf("%s is %v", sender, k)
		}
	}
	if _, ok := d.registry.ByAddress(netip.MustParseAddr("10.0.0.1")); ok {
		t.Error("10.0.0.1 belongs to nobody")
	}
	d.send(d.dial("udp", "127.0.0.2", 0), "x")
	d.tickUntil(func() bool { return d.meter.Totals().Records == 1 })
	if b := d.batches(); b[0].Source != "host" {
		t.Errorf("came in as %s", b[0].Source)
	}
}

// freePort is a port on which nobody listens now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func TestOwnPortsFollowTheSources(t *testing.T) {
	d := newDesk(t, nil, nil)
	port := freePort(t)
	own := func(senders ...string) source.Known {
		return known(t, "own", func(k *source.Known) {
			from(senders...)(k)
			k.Port = port
		})
	}
	d.know(own())
	d.syslog.Refresh(t.Context())
	c := d.dial("tcp", "127.0.0.1", port)
	d.send(c, "<13>tcp\n")
	d.send(d.dial("udp", "127.0.0.1", port), "<13>udp")
	d.tickUntil(func() bool { return d.meter.Stats("own").Records == 2 })
	d.hungUp(d.dial("tcp", "127.0.0.1", 0)) // own has no network on the common port

	d.know(own("127.0.0.2/32")) // now only from there
	d.syslog.Refresh(t.Context())
	d.hungUp(c)
	d.hungUp(d.dial("tcp", "127.0.0.1", port))
	c = d.dial("tcp", "127.0.0.2", port)
	d.send(c, "<13>again\n")
	d.tickUntil(func() bool { return d.meter.Stats("own").Records == 3 })

	d.know()
	d.syslog.Refresh(t.Context())
	d.hungUp(c)
	if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err != nil {
		t.Errorf("the port is still open: %v", err)
	} else {
		_ = l.Close()
	}
}

func TestPortsThatCannotBeHadAreTold(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := taken.Addr().(*net.TCPAddr).Port
	with := func(id string, at int64) source.Known {
		return known(t, id, func(k *source.Known) {
			from("10.0.0.0/8")(k)
			k.Port, k.Created = port, time.Unix(at, 0)
		})
	}
	d := newDesk(t, nil, nil, with("second", 2), with("first", 1))
	if s := d.syslog.Problem("first"); !strings.Contains(s, "in use") {
		t.Errorf("first: %q", s)
	}
	if s := d.syslog.Problem("second"); !strings.Contains(s, "source first") {
		t.Errorf("second: %q", s)
	}
	_ = taken.Close()
	d.syslog.Refresh(t.Context())
	if s := d.syslog.Problem("first"); s != "" {
		t.Errorf("first, when the port is free: %q", s)
	}
	opts := d.syslog.SyslogOptions
	opts.Common = fmt.Sprint("127.0.0.1:", port)
	if _, err := ingest.ListenSyslog(t.Context(), opts); err == nil {
		t.Error("a common port was opened twice")
	}
}

func TestSyslogOverLong(t *testing.T) {
	d := newDesk(t, nil, func(o *ingest.SyslogOptions) { o.Limits.Record = 70_000 })
	c := d.dial("tcp", "127.0.0.1", 0)
	long := strings.Repeat("x", 5_000_000)
	peak := heapPeak(func() {
		d.send(c, "<13>"+long+"\n5000004 <13>"+long+"<13>short\n")
		_ = c.Close()
		d.waitRecords(3)
	})
	got := d.records()
	for _, r := range got[:2] {
		if len(r.Bytes) != source.MaxRecord || r.Size != 5_000_004 || !strings.HasPrefix(r.Problem, "over-long: 5000004 bytes") {
			t.Errorf("%d of %d bytes: %s", len(r.Bytes), r.Size, r.Problem)
		}
	}
	if string(got[2].Bytes) != "<13>short" || peak > heapBound {
		t.Errorf("then %q; the heap grew by %d MB", got[2].Bytes, peak>>20)
	}
}

func TestCloseWritesWhatWasRead(t *testing.T) {
	d := newDesk(t, nil, nil)
	c := d.dial("tcp", "127.0.0.1", 0)
	d.send(c, "<13>whole\n<13>half")
	u := d.dial("udp", "127.0.0.1", 0)
	d.send(u, "<13>datagram")
	d.close()
	if got := d.waitRecords(3); len(got) != 3 || d.meter.Totals().Records != 3 {
		t.Errorf("kept %q", lines(got))
	}
	d.hungUp(c)
	if _, err := net.Dial("tcp", c.RemoteAddr().String()); err == nil {
		t.Error("the port is still open")
	}
	d.syslog.Refresh(t.Context()) // opens nothing any more
}

func TestCloseGivesUpWithItsContextAndCounts(t *testing.T) {
	d := newDesk(t, &fakeLog{append: func(int, string, []byte) error { return bus.ErrFull }}, nil)
	c := d.dial("tcp", "127.0.0.1", 0)
	d.send(c, "<13>one\n<13>two\n")
	until(t, "the connection is there", func() bool { return d.meter.Totals().Connections == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := d.syslog.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closed with %v", err)
	}
	if n := d.meter.Totals().Refused[ingest.LostShutdown]; n != 2 {
		t.Errorf("%d lost records are counted", n)
	}
}

// A full log must be felt by TCP senders, and must not grow the memory of the program.
func TestTCPSendersWaitForTheLog(t *testing.T) {
	blocked := make(chan struct{})
	log := &fakeLog{append: func(int, string, []byte) error {
		select {
		case <-blocked:
			return nil
		default:
			return bus.ErrBusy
		}
	}}
	d := newDesk(t, log, nil)
	c := d.dial("tcp", "127.0.0.1", 0)
	line := "<13>" + strings.Repeat("x", 995) + "\n"
	sent := 0
	for i := 0; ; i++ { // until nothing more is taken: the system's buffers hold some megabytes
		_ = c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
		n, err := io.WriteString(c, line)
		if sent += n; isTimeout(err) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if i > 100_000 {
			t.Fatal("100 MB were taken although the log takes nothing")
		}
	}
	close(blocked)
	_ = c.SetWriteDeadline(time.Time{})
	d.send(c, line[sent%len(line):]+"<13>last\n")
	_ = c.Close()
	want := sent/len(line) + 2
	until(t, "all is in the log", func() bool { return d.meter.Totals().Records == uint64(want) })
	for i, r := range log.records(t)[:want-1] {
		if string(r.Bytes) != line[:len(line)-1] {
			t.Fatalf("record %d of %d: %d bytes", i, want, len(r.Bytes))
		}
	}
}

func TestLostDatagramsAreBoundedAndCounted(t *testing.T) {
	blocked := make(chan struct{})
	log := &fakeLog{append: func(int, string, []byte) error {
		select {
		case <-blocked:
			return nil
		default:
			return bus.ErrBusy
		}
	}}
	d := newDesk(t, log, func(o *ingest.SyslogOptions) { o.DatagramBytes = 20_000 })
	c := d.dial("udp", "127.0.0.1", 0)
	for range 100 {
		d.send(c, strings.Repeat("x", 936)) // 1000 bytes with what holds it
	}
	until(t, "20 wait and the others are lost", func() bool {
		return d.meter.Totals().Refused[ingest.LostUDP]+d.syslog.KernelDrops() == 80
	})
	close(blocked)
	d.tickUntil(func() bool { return d.meter.Totals().Records > 0 })
	d.send(c, "last")
	d.tickUntil(func() bool { return strings.HasSuffix(lines(log.records(t)), "last") })
	total := d.meter.Totals()
	if total.Records+total.Refused[ingest.LostUDP]+d.syslog.KernelDrops() != 101 || total.Records != 21 {
		t.Errorf("%+v, %d dropped by the system", total, d.syslog.KernelDrops())
	}
}

func TestConnectionLimits(t *testing.T) {
	d := newDesk(t, nil, func(o *ingest.SyslogOptions) {
		o.MaxConnections = 2
		o.Idle = 2 * time.Second
	})
	a, b := d.dial("tcp", "127.0.0.1", 0), d.dial("tcp", "127.0.0.1", 0)
	until(t, "both are in", func() bool { return d.meter.Totals().Connections == 2 })
	d.hungUp(d.dial("tcp", "127.0.0.1", 0))
	if n := d.meter.Totals().Refused[ingest.RefusedConnections]; n != 1 {
		t.Errorf("%d were refused", n)
	}
	d.send(a, "<13>half")
	d.hungUp(a) // silent for too long
	d.hungUp(b)
	if got := lines(d.waitRecords(1)); got != "!<13>half" {
		t.Errorf("kept %q", got)
	}
	until(t, "places are free", func() bool { return d.meter.Totals().Connections == 0 })
	d.send(d.dial("tcp", "127.0.0.1", 0), "<13>next\n")
	d.tickUntil(func() bool { return d.meter.Totals().Records == 2 })
}

func TestManyPeersKeepTheirAddresses(t *testing.T) {
	d := newDesk(t, nil, nil)
	for i := 1; i <= 50; i++ {
		d.send(d.dial("udp", fmt.Sprint("127.0.1.", i), 0), fmt.Sprint("from 127.0.1.", i))
	}
	d.tickUntil(func() bool { return d.meter.Totals().Records == 50 })
	for _, b := range d.batches() {
		for _, r := range b.Records {
			if string(r.Bytes) != "from "+b.Peer {
				t.Errorf("%q came from %q", r.Bytes, b.Peer)
			}
		}
	}
}

// Every datagram is accounted for, also those that the system threw away before they were read.
func TestEveryDatagramIsAccountedFor(t *testing.T) {
	log := &fakeLog{}
	d := newDesk(t, log, nil)
	c := d.dial("udp", "127.0.0.1", 0)
	body := strings.Repeat("x", 8000)
	for range 5000 {
		d.send(c, body)
	}
	sent := uint64(5000)
	d.tickUntil(func() bool { // its own datagram may be lost too
		d.send(c, "last")
		sent++
		return strings.HasSuffix(lines(log.records(t)), "last")
	})
	d.tickUntil(func() bool {
		total := d.meter.Totals()
		return total.Records+total.Refused[ingest.LostUDP]+d.syslog.KernelDrops() == sent
	})
	t.Logf("%d sent, %d in the log, %d dropped by the system", sent, d.meter.Totals().Records, d.syslog.KernelDrops())
}
