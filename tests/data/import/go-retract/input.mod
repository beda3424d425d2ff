module example.com/shop

go 1.24

// breaks carts
retract v1.1.0

retract (
	[v0.1.0, v0.9.9] // never worked
)
