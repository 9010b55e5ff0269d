#include "textflag.h"

// This is Cropper.inside, eight columns at a time. Sums of four grey levels with weights that add up to 2^15 are whole
// numbers below 2^24, so float32 adds them up exactly and the result is that of the Go code, bit for bit.

// Masks that move one colour of eight RGBA pixels into 32-bit numbers.
DATA colours<>+0x00(SB)/8, $0x8080800480808000
DATA colours<>+0x08(SB)/8, $0x8080800c80808008
DATA colours<>+0x10(SB)/8, $0x8080800480808000
DATA colours<>+0x18(SB)/8, $0x8080800c80808008
DATA colours<>+0x20(SB)/8, $0x8080800580808001
DATA colours<>+0x28(SB)/8, $0x8080800d80808009
DATA colours<>+0x30(SB)/8, $0x8080800580808001
DATA colours<>+0x38(SB)/8, $0x8080800d80808009
DATA colours<>+0x40(SB)/8, $0x8080800680808002
DATA colours<>+0x48(SB)/8, $0x8080800e8080800a
DATA colours<>+0x50(SB)/8, $0x8080800680808002
DATA colours<>+0x58(SB)/8, $0x8080800e8080800a
GLOBL colours<>(SB), RODATA|NOPTR, $96

// Of a colour: the weighted sum of its four samples, scaled and shifted, to where OUT says.
#define COLOUR(MASK, SCALE, SHIFT, OUT) \
	VPSHUFB      MASK, Y4, Y10   \
	VCVTDQ2PS    Y10, Y10        \
	VMULPS       Y2, Y10, Y10    \
	VPSHUFB      MASK, Y5, Y11   \
	VCVTDQ2PS    Y11, Y11        \
	VFMADD231PS  Y8, Y11, Y10    \
	VPSHUFB      MASK, Y6, Y11   \
	VCVTDQ2PS    Y11, Y11        \
	VFMADD231PS  Y9, Y11, Y10    \
	VPSHUFB      MASK, Y7, Y11   \
	VCVTDQ2PS    Y11, Y11        \
	VFMADD231PS  Y3, Y11, Y10    \
	VBROADCASTSS SCALE(DI), Y11  \
	VMULPS       Y11, Y10, Y10   \
	VBROADCASTSS SHIFT(DI), Y11  \
	VADDPS       Y11, Y10, Y10   \
	VMOVUPS      Y10, (OUT)(AX*1)

// func sampleRow(s *samples, columns int)
TEXT ·sampleRow(SB), NOSPLIT, $0-16
	MOVQ         s+0(FP), DI
	MOVQ         columns+8(FP), SI
	SHLQ         $2, SI
	MOVQ         0(DI), R8  // the upper row
	MOVQ         8(DI), R9  // the lower row
	MOVQ         16(DI), R10 // where each column's left pixel is
	MOVQ         24(DI), R11 // how far it is from there
	MOVQ         32(DI), BX // red
	MOVQ         40(DI), CX // green
	MOVQ         48(DI), DX // blue
	VPBROADCASTD 56(DI), Y0 // how far the row is from the upper one
	MOVL         $32768, AX
	VMOVD        AX, X1
	VPBROADCASTD X1, Y1
	VPSUBD       Y0, Y1, Y1
	VMOVDQU      colours<>+0x00(SB), Y13
	VMOVDQU      colours<>+0x20(SB), Y14
	VMOVDQU      colours<>+0x40(SB), Y15
	XORQ         AX, AX

sample:
	VMOVDQU     (R10)(AX*1), Y2
	VPCMPEQD    Y3, Y3, Y3
	VPGATHERDD  Y3, (R8)(Y2*4), Y4
	VPCMPEQD    Y3, Y3, Y3
	VPGATHERDD  Y3, 4(R8)(Y2*4), Y5
	VPCMPEQD    Y3, Y3, Y3
	VPGATHERDD  Y3, (R9)(Y2*4), Y6
	VPCMPEQD    Y3, Y3, Y3
	VPGATHERDD  Y3, 4(R9)(Y2*4), Y7
	VMOVDQU     (R11)(AX*1), Y2
	VPMULLD     Y0, Y2, Y3
	VPSRLD      $15, Y3, Y3  // the weight of the lower right pixel; the others follow
	VPSUBD      Y3, Y2, Y8   // upper right
	VPSUBD      Y3, Y0, Y9   // lower left
	VPSUBD      Y8, Y1, Y2   // upper left
	VCVTDQ2PS   Y2, Y2
	VCVTDQ2PS   Y3, Y3
	VCVTDQ2PS   Y8, Y8
	VCVTDQ2PS   Y9, Y9
	COLOUR(Y13, 60, 72, BX)
	COLOUR(Y14, 64, 76, CX)
	COLOUR(Y15, 68, 80, DX)
	ADDQ        $32, AX
	CMPQ        AX, SI
	JLT         sample
	VZEROUPPER
	RET
