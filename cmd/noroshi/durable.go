package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// writeDurably replaces a file so that after a crash it holds either what it held before or everything. It is for its owner's eyes alone.
func writeDurably(name string, data []byte) error {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// damagedIn keeps batches that cannot be decoded below the data folder.
func damagedIn(data string) func(partition uint16, seq uint64, batch []byte) error {
	return func(partition uint16, seq uint64, batch []byte) error {
		return writeDurably(filepath.Join(data, "damaged", fmt.Sprintf("%d-%d.batch", partition, seq)), batch)
	}
}
