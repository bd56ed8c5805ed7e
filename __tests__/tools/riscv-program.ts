// A program for a processor that this machine does not have, byte by byte: it writes the machine's name (uname -m) into a file.

const [SP, A0, A1, A2, A3, A7] = [2, 10, 11, 12, 13, 17] as const;
const ECALL = 0x73;
const LOAD = 0x10000;
const HEADERS = 64 + 56;
const SYSCALL = { openat: 56, write: 64, exit: 93, uname: 160 };
/** `struct utsname` has fields of 65 bytes; the fifth is the machine. */
const MACHINE = 4 * 65;

const addi = (to: number, from: number, value: number): number => ((value << 20) | (from << 15) | (to << 7) | 0x13) >>> 0;
const lui = (to: number, value: number): number => ((value << 12) | (to << 7) | 0x37) >>> 0;
const call = (name: keyof typeof SYSCALL): number[] => [addi(A7, 0, SYSCALL[name]), ECALL];

/** A static program for linux/riscv64 that writes `riscv64` into `file`, and ends well. */
export function riscvProgram(file: string): Buffer {
  const instructions = (path: number): number[] => [
    ...[addi(SP, SP, -512), addi(A0, SP, 0), ...call('uname')],
    // O_WRONLY | O_CREAT | O_TRUNC, mode 0644, from the current directory.
    ...[addi(A0, 0, -100), lui(A1, LOAD >> 12), addi(A1, A1, path), addi(A2, 0, 0x241), addi(A3, 0, 0o644), ...call('openat')],
    ...[addi(A1, SP, MACHINE), addi(A2, 0, 'riscv64'.length), ...call('write')],
    ...[addi(A0, 0, 0), ...call('exit')],
  ];
  const words = instructions(HEADERS + instructions(0).length * 4);
  const code = Buffer.from(Uint32Array.from(words).buffer);
  const size = HEADERS + code.length + file.length + 1;
  return Buffer.concat([fileHeader(), programHeader(size), code, Buffer.from(`${file}\0`)]);
}

/** ELF, 64 bits, little endian, executable, RISC-V. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(243, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(LOAD + HEADERS), 24);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt16LE(64, 58);
  return header;
}

/** One segment, readable and executable: the whole file. */
function programHeader(size: number): Buffer {
  const header = Buffer.alloc(56);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(5, 4);
  header.writeBigUInt64LE(BigInt(LOAD), 16);
  header.writeBigUInt64LE(BigInt(LOAD), 24);
  header.writeBigUInt64LE(BigInt(size), 32);
  header.writeBigUInt64LE(BigInt(size), 40);
  header.writeBigUInt64LE(0x1000n, 48);
  return header;
}
