package duckdb

import (
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"net/netip"

	"github.com/duckdb/duckdb-go/v2"
)

// addressKey writes an address so that the text order is the order of addresses and a network is one range; "" when it is no address.
// IPv4 is 9 bytes, which DuckDB keeps without a pointer and prunes by; IPv6 is 33 and sorts after it.
func addressKey(text string) string {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	return keyOf(addr)
}

func keyOf(addr netip.Addr) string {
	addr = addr.Unmap()
	b := addr.AsSlice()
	if addr.Is4() {
		return "4" + hex.EncodeToString(b)
	}
	return "6" + hex.EncodeToString(b)
}

// networkRange returns the keys of the first and last address of a network.
func networkRange(network string) (first, last string, err error) {
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return "", "", fmt.Errorf("network %q: %w", network, err)
	}
	p = p.Masked()
	b := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	end, _ := netip.AddrFromSlice(b)
	return keyOf(p.Addr()), keyOf(end), nil
}

// addressFunc is addressKey for statements, for addresses in fields that have no column of their own.
type addressFunc struct{ varchar duckdb.TypeInfo }

const addressFuncName = "noroshi_address"

func registerAddress(conn *sql.Conn) error {
	varchar, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err == nil {
		err = duckdb.RegisterScalarUDF(conn, addressFuncName, addressFunc{varchar})
	}
	if err != nil {
		return fmt.Errorf("register %s: %w", addressFuncName, err)
	}
	return nil
}

func (f addressFunc) Config() duckdb.ScalarFuncConfig {
	return duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{f.varchar}, ResultTypeInfo: f.varchar}
}

func (f addressFunc) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (any, error) {
		text, _ := values[0].(string)
		return addressKey(text), nil
	}}
}
