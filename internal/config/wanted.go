package config

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"
)

// Wanted says what a flag takes, where err is why it did not take a value; nil without one, and of kinds that say it
// in words of their own.
func Wanted(f *pflag.Flag, err error) error {
	wanted, known := map[string]string{
		"bool": "true or false is", "float64": "a number is", "duration": "a time with its unit, such as 2s or 1m30s, is",
		"int": wholeNumber, "int64": wholeNumber, "uint": wholeNumber, "uint64": wholeNumber,
	}[f.Value.Type()]
	switch {
	case err == nil || !known:
		return nil
	case errors.Is(err, strconv.ErrRange):
		return errors.New("this number is too large")
	}
	return fmt.Errorf("%s expected", wanted)
}

const wholeNumber = "a whole number is"
