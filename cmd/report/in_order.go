package report

import "runtime"

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
