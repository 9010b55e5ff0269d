#include "textflag.h"

// This is packing.row for patches of four pixels, eight pixels at a time.

// The bytes 0, 1, 2 of each 32-bit number of a half, one after the other.
DATA close<>+0x00(SB)/8, $0x0908060504020100
DATA close<>+0x08(SB)/8, $0x808080800e0d0c0a
DATA close<>+0x10(SB)/8, $0x0908060504020100
DATA close<>+0x18(SB)/8, $0x808080800e0d0c0a
GLOBL close<>(SB), RODATA|NOPTR, $32

// func packRow(dst *uint8, planes *[3]*float32, columns int, levels float32)
TEXT ·packRow(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), R8
	MOVQ         planes+8(FP), DI
	MOVQ         columns+16(FP), SI
	SHLQ         $2, SI
	VBROADCASTSS levels+24(FP), Y0
	MOVQ         0(DI), BX
	MOVQ         8(DI), CX
	MOVQ         16(DI), DX
	VMOVDQU      close<>(SB), Y14
	MOVL         $255, AX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15
	VPXOR        Y13, Y13, Y13
	XORQ         AX, AX

pack:
	VMULPS       (BX)(AX*1), Y0, Y1
	VMULPS       (CX)(AX*1), Y0, Y2
	VMULPS       (DX)(AX*1), Y0, Y3
	VCVTPS2DQ    Y1, Y1 // to the nearest, to the even one of two
	VCVTPS2DQ    Y2, Y2
	VCVTPS2DQ    Y3, Y3
	VPMINSD      Y15, Y1, Y1
	VPMINSD      Y15, Y2, Y2
	VPMINSD      Y15, Y3, Y3
	VPMAXSD      Y13, Y1, Y1
	VPMAXSD      Y13, Y2, Y2
	VPMAXSD      Y13, Y3, Y3
	VPSLLD       $8, Y2, Y2
	VPSLLD       $16, Y3, Y3
	VPOR         Y2, Y1, Y1
	VPOR         Y3, Y1, Y1
	VPSHUFB      Y14, Y1, Y1
	VMOVQ        X1, (R8)
	VPEXTRD      $2, X1, 8(R8)
	VEXTRACTI128 $1, Y1, X2
	VMOVQ        X2, 48(R8)
	VPEXTRD      $2, X2, 56(R8)
	ADDQ         $96, R8
	ADDQ         $32, AX
	CMPQ         AX, SI
	JLT          pack
	VZEROUPPER
	RET
