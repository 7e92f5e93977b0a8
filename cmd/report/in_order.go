package report

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel does some things, as many at once as there are processors; where one says no, those
// that have not begun are left out. A single thing needs no second thread, nor a stack of its own.
func inParallel(n int, do func(i int) bool) {
	if n == 1 {
		do(0)
		return
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && do(i); i = int(next.Add(1)) - 1 {
			}
		})
	}
	workers.Wait()
}

// inOrder makes some things in parallel and takes each in its order. No more are made ahead than
// there are processors.
func inOrder[T any](n int, made func(i int) T, take func(i int, one T)) {
	ahead := min(runtime.GOMAXPROCS(0), n)
	slots := make([]chan T, max(ahead, 1))
	begin := func(i int) {
		slot := make(chan T, 1)
		slots[i%ahead] = slot
		go func() { slot <- made(i) }()
	}
	for i := range ahead {
		begin(i)
	}
	for i := range n {
		one := <-slots[i%ahead]
		if i+ahead < n {
			begin(i + ahead)
		}
		take(i, one)
	}
}
