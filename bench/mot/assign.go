package mot

import "math"

// matrix is a table of numbers, row by row.
type matrix struct {
	rows, cols int
	values     []float64
}

// newMatrix returns a matrix of zeros.
func newMatrix(rows, cols int) matrix { return matrix{rows, cols, make([]float64, rows*cols)} }

func (m matrix) at(i, j int) float64     { return m.values[i*m.cols+j] }
func (m matrix) set(i, j int, v float64) { m.values[i*m.cols+j] = v }

// part is the matrix of some rows and columns.
func (m matrix) part(rows, cols []int) matrix {
	out := newMatrix(len(rows), len(cols))
	for i, r := range rows {
		for j, c := range cols {
			out.set(i, j, m.at(r, c))
		}
	}
	return out
}

// transposed exchanges rows and columns.
func (m matrix) transposed() matrix {
	out := newMatrix(m.cols, m.rows)
	for i := range m.rows {
		for j := range m.cols {
			out.set(j, i, m.at(i, j))
		}
	}
	return out
}

// assign gives each row a column of its own, or each column a row where there are fewer of them, with the least sum of
// costs, which are finite. It returns each row's column, -1 for a row that has none. The way is that of shortest
// augmenting paths (Crouse, "On implementing 2D rectangular assignment algorithms", 2016), which SciPy goes too: ties
// are settled alike.
func assign(cost matrix) []int {
	if cost.rows > cost.cols {
		out := make([]int, cost.rows)
		for i := range out {
			out[i] = -1
		}
		for j, i := range assign(cost.transposed()) {
			out[i] = j
		}
		return out
	}
	a := newAssignment(cost)
	for row := range cost.rows {
		a.augment(row)
	}
	return a.columnOf
}

// assignment is a partial assignment with its dual prices.
type assignment struct {
	cost            matrix
	u, v            []float64 // prices of rows and columns
	columnOf, rowOf []int     // -1 for none
	shortest        []float64 // cost of the cheapest path to a column
	path            []int     // the row from which that path comes
	left            []int     // columns that the search has not settled
	rows, cols      []bool    // what it has
}

func newAssignment(cost matrix) *assignment {
	a := &assignment{
		cost: cost, u: make([]float64, cost.rows), v: make([]float64, cost.cols),
		columnOf: make([]int, cost.rows), rowOf: make([]int, cost.cols),
		shortest: make([]float64, cost.cols), path: make([]int, cost.cols),
		rows: make([]bool, cost.rows), cols: make([]bool, cost.cols),
	}
	for i := range a.columnOf {
		a.columnOf[i] = -1
	}
	for j := range a.rowOf {
		a.rowOf[j] = -1
	}
	return a
}

// augment gives one more row a column, exchanging those of earlier rows where that is cheaper.
func (a *assignment) augment(row int) {
	sink, least := a.search(row)
	a.u[row] += least
	for i, settled := range a.rows {
		if settled && i != row {
			a.u[i] += least - a.shortest[a.columnOf[i]]
		}
	}
	for j, settled := range a.cols {
		if settled {
			a.v[j] -= least - a.shortest[j]
		}
	}
	for j, i := sink, -1; i != row; {
		i = a.path[j]
		a.rowOf[j] = i
		a.columnOf[i], j = j, a.columnOf[i]
	}
}

// search finds the cheapest path from a row to a column without a row, and its cost.
func (a *assignment) search(row int) (sink int, least float64) {
	a.left = a.left[:0]
	for j := a.cost.cols - 1; j >= 0; j-- { // the order in which SciPy looks at them
		a.left = append(a.left, j)
		a.shortest[j], a.cols[j] = math.Inf(1), false
	}
	clear(a.rows)
	for i := row; ; {
		a.rows[i] = true
		nearest, lowest := -1, math.Inf(1)
		for k, j := range a.left {
			if c := least + a.cost.at(i, j) - a.u[i] - a.v[j]; c < a.shortest[j] {
				a.shortest[j], a.path[j] = c, i
			}
			if a.shortest[j] < lowest || (a.shortest[j] == lowest && a.rowOf[j] < 0) {
				nearest, lowest = k, a.shortest[j]
			}
		}
		least = lowest
		j := a.left[nearest]
		if a.rowOf[j] < 0 {
			a.cols[j] = true
			return j, least
		}
		i, a.cols[j] = a.rowOf[j], true
		a.left[nearest] = a.left[len(a.left)-1]
		a.left = a.left[:len(a.left)-1]
	}
}
