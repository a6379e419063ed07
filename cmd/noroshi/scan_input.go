package main

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// input is one readable file: plain, or unpacked from an archive ("a.zip/member").
type input struct {
	name   string
	reader io.Reader
}

// skipped tells of a file that was not read and why.
type skipped func(file, reason string)

// maxNesting bounds archives in archives, maxMember a zip inside another archive, which is unpacked to a temporary file.
const (
	maxNesting = 4
	maxMember  = 1 << 30
)

// walkInput calls visit for every file below a path, in order of names, archives opened. What cannot be read is skipped, and told.
func walkInput(root string, visit func(input) error, skip skipped) error {
	named := root
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		skip(named, err.Error())
		return nil
	}
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			skip(name, err.Error())
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			skip(name, "is no regular file")
			return nil
		}
		f, err := os.Open(name)
		if err != nil {
			skip(name, err.Error())
			return nil
		}
		defer f.Close()
		w := walker{visit: visit, skip: skip}
		return w.open(name, f, 0)
	})
}

type walker struct {
	visit func(input) error
	skip  skipped
}

// stopError carries an error of visit through the readers, so that it is not taken for a damaged file.
type stopError struct{ error }

func (w *walker) open(name string, r io.Reader, depth int) error {
	err := w.unpack(name, r, depth)
	var stop *stopError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stop):
		return stop.error
	default:
		w.skip(name, err.Error())
		return nil
	}
}

func (w *walker) unpack(name string, r io.Reader, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("archives are nested more than %d deep", maxNesting)
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".zip":
		return w.zip(name, r, depth)
	case ".gz":
		z, err := gzip.NewReader(r)
		if err != nil {
			return err
		}
		return w.unpack(strings.TrimSuffix(name, path.Ext(name)), z, depth+1)
	case ".zst", ".zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return err
		}
		defer z.Close()
		return w.unpack(strings.TrimSuffix(name, path.Ext(name)), z, depth+1)
	default:
		if err := w.visit(input{name, r}); err != nil {
			return &stopError{err}
		}
		return nil
	}
}

func (w *walker) zip(name string, r io.Reader, depth int) error {
	f, size, done, err := randomAccess(r)
	if err != nil {
		return err
	}
	defer done()
	archive, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	for _, member := range archive.File {
		if member.FileInfo().IsDir() {
			continue
		}
		full := name + "/" + member.Name
		if strings.HasPrefix(member.Name, "__MACOSX/") {
			w.skip(full, "is metadata of the archiver, not a log")
			continue
		}
		f, err := member.Open()
		if err != nil {
			w.skip(full, err.Error())
			continue
		}
		err = w.open(full, f, depth+1)
		_ = f.Close() // it was only read
		if err != nil {
			return &stopError{err}
		}
	}
	return nil
}

// randomAccess gives a zip's reader its random access: files have it, members of other archives are unpacked into a temporary file.
func randomAccess(r io.Reader) (f *os.File, size int64, done func(), err error) {
	done = func() {}
	if f, ok := r.(*os.File); ok {
		info, err := f.Stat()
		if err != nil {
			return nil, 0, done, err
		}
		return f, info.Size(), done, nil
	}
	if f, err = os.CreateTemp("", "noroshi-scan"); err != nil {
		return nil, 0, done, err
	}
	done = func() { _, _ = f.Close(), os.Remove(f.Name()) } // it was only read
	size, err = io.Copy(f, io.LimitReader(r, maxMember+1))
	if err == nil && size > maxMember {
		err = fmt.Errorf("a zip inside an archive is larger than %d MB", maxMember>>20)
	}
	if err != nil {
		done()
		return nil, 0, func() {}, err
	}
	return f, size, done, nil
}
