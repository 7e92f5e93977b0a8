package measure

import (
	"net"
	"sync/atomic"
	"testing"
)

// Connections listens on loopback until the test is over. It returns its address, and how many
// connections were made so far. Each is closed at once.
func Connections(t testing.TB) (address string, made *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	made = new(atomic.Int32)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			made.Add(1)
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String(), made
}
