//go:build long

package issued

const worlds = 500

func searched() []int { return []int{100, 1000, 4000} }
