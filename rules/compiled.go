package rules

import "sync"

// Compiled are texts of configurations as they were compiled before: most policies of an estate
// have the same ones, and more than one reader of a file asks. Any number of goroutines may ask at
// once. A nil one keeps nothing.
type Compiled[Key comparable, Value any] struct {
	mutex sync.Mutex
	known map[Key]Value
}

// What is kept: so many texts, each at most so long.
const (
	mostCompiled    = 256
	longestCompiled = 1 << 10 // bytes
)

// Of returns what a text was compiled to before, or compiles it.
func (c *Compiled[Key, Value]) Of(
	key Key, text string, compile func() (Value, error),
) (Value, error) {
	if c == nil || len(text) > longestCompiled {
		return compile()
	}
	c.mutex.Lock()
	value, known := c.known[key]
	c.mutex.Unlock()
	if known {
		return value, nil
	}
	value, err := compile()
	if err == nil {
		c.keep(key, value)
	}
	return value, err
}

func (c *Compiled[Key, Value]) keep(key Key, value Value) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.known == nil || len(c.known) == mostCompiled {
		c.known = map[Key]Value{}
	}
	c.known[key] = value
}
