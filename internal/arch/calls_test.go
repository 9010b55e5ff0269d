package arch

import (
	"fmt"
	"go/ast"
	"strings"
)

// checkCalls returns the work at import time, and outside cmd/ what prints or ends the program.
func checkCalls(f file) (wrong []string) {
	if f.test {
		return nil
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				wrong = append(wrong, "has an init function: work belongs to whoever asks for it")
			}
		case *ast.CallExpr:
			name := called(n)
			if forbidden(name) && !strings.HasPrefix(f.dir, "cmd/") {
				wrong = append(wrong, fmt.Sprintf("calls %s: outside cmd/ an error is returned, nothing printed", name))
			}
			if home, ok := homes[name]; ok && !contains(home.packages, f.dir) {
				wrong = append(wrong, fmt.Sprintf("calls %s: %s is there for that", name, home.instead))
			}
		}
		return true
	})
	return wrong
}

func forbidden(name string) bool {
	switch name {
	case "panic", "print", "println", "os.Exit", "runtime.SetFinalizer":
		return true
	}
	return strings.HasPrefix(name, "fmt.Print") || strings.HasPrefix(name, "log.")
}

// called returns the name of the function that a call names, "" where it names none.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}
