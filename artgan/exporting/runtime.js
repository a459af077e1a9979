// Computes a generator that artgan wrote down, and draws latents as artgan does: the same seed is
// the same picture. Tensors are contiguous Float32Arrays with a shape.
"use strict";

const artgan = (() => {
  const size = (shape) => shape.reduce((a, b) => a * b, 1);

  const strides = (shape) => {
    const out = new Array(shape.length);
    let step = 1;
    for (let i = shape.length - 1; i >= 0; i--) { out[i] = step; step *= shape[i]; }
    return out;
  };

  // Visit every place of `shape` with the offsets of it in some operands, given their strides.
  const walk = (shape, all, visit) => {
    const rank = shape.length, total = size(shape);
    const place = new Array(rank).fill(0), at = all.map(() => 0);
    for (let i = 0; i < total; i++) {
      visit(i, at);
      for (let d = rank - 1; d >= 0; d--) {
        place[d]++;
        for (let k = 0; k < all.length; k++) at[k] += all[k][d];
        if (place[d] < shape[d]) break;
        for (let k = 0; k < all.length; k++) at[k] -= all[k][d] * shape[d];
        place[d] = 0;
      }
    }
  };

  const spread = (from, to) => {
    const own = strides(from), lead = to.length - from.length;
    return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : own[i - lead]));
  };

  const map = (f) => (op, [x]) => x.data.map((v) => f(v, op));

  const pairs = (f) => (op, [a, b]) => {
    const out = new Float32Array(size(op.shape));
    if (a.data.length === out.length && b.data.length === out.length)
      for (let i = 0; i < out.length; i++) out[i] = f(a.data[i], b.data[i]);
    else if (a.data.length === out.length && b.data.length === 1)
      for (let i = 0; i < out.length; i++) out[i] = f(a.data[i], b.data[0]);
    else
      walk(op.shape, [spread(a.shape, op.shape), spread(b.shape, op.shape)], (i, at) => {
        out[i] = f(a.data[at[0]], b.data[at[1]]);
      });
    return out;
  };

  // Abramowitz and Stegun 7.1.26: within 1.5e-7.
  const erf = (x) => {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 +
      t * (-1.453152027 + t * 1.061405429))));
    return Math.sign(x) * (1 - series * Math.exp(-x * x));
  };

  const convolution = (op, [x, w, b]) => {
    const [, inC, H, W] = x.shape, [, outC, h, wide] = op.shape;
    const [kh, kw] = w.shape.slice(2), [sy, sx] = op.stride, [py, px] = op.pad;
    const [dy, dx] = op.dilation, groups = op.groups;
    const out = new Float32Array(outC * h * wide), inG = inC / groups, outG = outC / groups;
    if (b) for (let c = 0; c < outC; c++) out.fill(b.data[c], c * h * wide, (c + 1) * h * wide);
    for (let g = 0; g < groups; g++)
      for (let o = 0; o < outG; o++)
        for (let i = 0; i < inG; i++) {
          const to = (g * outG + o) * h * wide, from = (g * inG + i) * H * W;
          const base = (op.transposed
            ? (g * inG + i) * outG + o
            : (g * outG + o) * inG + i) * kh * kw;
          for (let ky = 0; ky < kh; ky++)
            for (let kx = 0; kx < kw; kx++) {
              const weight = w.data[base + ky * kw + kx];
              if (op.transposed) {
                for (let y = 0; y < H; y++) {
                  const ty = y * sy - py + ky * dy;
                  if (ty < 0 || ty >= h) continue;
                  for (let u = 0; u < W; u++) {
                    const tx = u * sx - px + kx * dx;
                    if (tx >= 0 && tx < wide)
                      out[to + ty * wide + tx] += weight * x.data[from + y * W + u];
                  }
                }
              } else {
                for (let y = 0; y < h; y++) {
                  const ty = y * sy - py + ky * dy;
                  if (ty < 0 || ty >= H) continue;
                  for (let u = 0; u < wide; u++) {
                    const tx = u * sx - px + kx * dx;
                    if (tx >= 0 && tx < W)
                      out[to + y * wide + u] += weight * x.data[from + ty * W + tx];
                  }
                }
              }
            }
        }
    return out;
  };

  const matmul = (op, [a, b]) => {
    const [m, k] = a.shape.slice(-2), n = b.shape[b.shape.length - 1];
    const batch = a.data.length / (m * k), out = new Float32Array(batch * m * n);
    for (let s = 0; s < batch; s++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < k; j++) {
          const left = a.data[(s * m + i) * k + j];
          for (let c = 0; c < n; c++)
            out[(s * m + i) * n + c] += left * b.data[(s * k + j) * n + c];
        }
    return out;
  };

  const groupNorm = (op, [x, weight, bias]) => {
    const channels = x.shape[1], area = x.data.length / channels, each = channels / op.groups;
    const out = new Float32Array(x.data.length);
    for (let g = 0; g < op.groups; g++) {
      const low = g * each * area, high = low + each * area;
      let sum = 0, square = 0;
      for (let i = low; i < high; i++) sum += x.data[i];
      const mean = sum / (high - low);
      for (let i = low; i < high; i++) square += (x.data[i] - mean) ** 2;
      const scale = 1 / Math.sqrt(square / (high - low) + op.epsilon);
      for (let i = low; i < high; i++) {
        const c = Math.floor(i / area);
        out[i] = (x.data[i] - mean) * scale * (weight ? weight.data[c] : 1) +
          (bias ? bias.data[c] : 0);
      }
    }
    return out;
  };

  const reduce = (mean) => (op, [x]) => {
    const dims = op.dims.map((d) => (d + x.shape.length) % x.shape.length);
    const kept = x.shape.map((s, i) => (dims.includes(i) ? 1 : s));
    const out = new Float32Array(size(kept));
    walk(x.shape, [spread(kept, x.shape)], (i, at) => { out[at[0]] += x.data[i]; });
    const share = mean ? out.length / x.data.length : 1;
    return out.map((v) => v * share);
  };

  const copy = (op, x, own, start) => {
    const out = new Float32Array(size(op.shape));
    walk(op.shape, [own], (i, at) => { out[i] = x.data[start + at[0]]; });
    return out;
  };

  const cat = (op, parts) => {
    const dim = (op.dim + op.shape.length) % op.shape.length;
    const inner = size(op.shape.slice(dim + 1)), outer = size(op.shape.slice(0, dim));
    const out = new Float32Array(size(op.shape));
    let to = 0;
    for (let o = 0; o < outer; o++)
      for (const part of parts) {
        const run = part.shape[dim] * inner;
        out.set(part.data.subarray(o * run, (o + 1) * run), to);
        to += run;
      }
    return out;
  };

  const gather = (op, [x]) => {
    const inner = size(x.shape.slice(op.dim + 1)), outer = size(x.shape.slice(0, op.dim));
    const out = new Float32Array(size(op.shape)), length = x.shape[op.dim];
    let to = 0;
    for (let o = 0; o < outer; o++)
      for (const place of op.places) {
        const from = (o * length + (place + length) % length) * inner;
        out.set(x.data.subarray(from, from + inner), to);
        to += inner;
      }
    return out;
  };

  const pad = (op, [x]) => {
    const out = new Float32Array(size(op.shape)).fill(op.value || 0);
    const rank = x.shape.length, own = strides(op.shape);
    let start = 0;
    for (let i = 0; i < op.pads.length / 2; i++) start += op.pads[2 * i] * own[rank - 1 - i];
    walk(x.shape, [own], (i, at) => { out[start + at[0]] = x.data[i]; });
    return out;
  };

  // Both kinds of enlargement go row by row; places follow PyTorch's rules.
  const resize = (smooth) => (op, [x]) => {
    const [, C, H, W] = x.shape, [, , h, w] = op.shape;
    const axis = (from, to) => Array.from({ length: to }, (_, i) => {
      if (!smooth) return [Math.floor(i * from / to), 0, 0];
      const at = op.align ? (to > 1 ? i * (from - 1) / (to - 1) : 0)
        : Math.max(0, (i + 0.5) * from / to - 0.5);
      const low = Math.min(Math.floor(at), from - 1);
      return [low, Math.min(low + 1, from - 1), at - low];
    });
    const rows = axis(H, h), columns = axis(W, w), out = new Float32Array(C * h * w);
    for (let c = 0; c < C; c++)
      for (let y = 0; y < h; y++) {
        const [y0, y1, fy] = rows[y], top = (c * H + y0) * W, bottom = (c * H + y1) * W;
        for (let u = 0; u < w; u++) {
          const [x0, x1, fx] = columns[u];
          let value = x.data[top + x0];
          if (smooth) {
            const upper = value + (x.data[top + x1] - value) * fx;
            const left = x.data[bottom + x0];
            value = upper + (left + (x.data[bottom + x1] - left) * fx - upper) * fy;
          }
          out[(c * h + y) * w + u] = value;
        }
      }
    return out;
  };

  const kernels = {
    relu: map((v) => Math.max(0, v)),
    leaky_relu: map((v, op) => (v > 0 ? v : v * op.slope)),
    tanh: map(Math.tanh),
    sigmoid: map((v) => 1 / (1 + Math.exp(-v))),
    exp: map(Math.exp),
    log: map(Math.log),
    sqrt: map(Math.sqrt),
    rsqrt: map((v) => 1 / Math.sqrt(v)),
    neg: map((v) => -v),
    abs: map(Math.abs),
    sin: map(Math.sin),
    cos: map(Math.cos),
    erf: map(erf),
    reciprocal: map((v) => 1 / v),
    gelu: map((v) => 0.5 * v * (1 + erf(v / Math.SQRT2))),
    clamp: map((v, op) => Math.min(op.high ?? Infinity, Math.max(op.low ?? -Infinity, v))),
    add: pairs((a, b) => a + b),
    sub: pairs((a, b) => a - b),
    mul: pairs((a, b) => a * b),
    div: pairs((a, b) => a / b),
    pow: pairs(Math.pow),
    maximum: pairs(Math.max),
    minimum: pairs(Math.min),
    reshape: (op, [x]) => x.data,
    expand: (op, [x]) => copy(op, x, spread(x.shape, op.shape), 0),
    permute: (op, [x]) => {
      const own = strides(x.shape);
      return copy(op, x, op.dims.map((d) => own[(d + own.length) % own.length]), 0);
    },
    slice: (op, [x]) => {
      const own = strides(x.shape), dim = (op.dim + own.length) % own.length;
      const start = op.start * own[dim];
      own[dim] *= op.step;
      return copy(op, x, own, start);
    },
    embedding: (op, [table, index]) => {
      const width = table.shape[1];
      return table.data.slice(index.data[0] * width, (index.data[0] + 1) * width);
    },
    mean: reduce(true),
    sum: reduce(false),
    nearest: resize(false),
    bilinear: resize(true),
    convolution, matmul, cat, gather, pad, group_norm: groupNorm,
  };

  // --- random numbers, as Python's hashlib and PyTorch's CPU generator draw them -------------

  const MASK = (1n << 64n) - 1n;
  const IV = [
    0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
    0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
  ];
  const SIGMA = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ];

  // BLAKE2b (RFC 7693) of a short text, 8 bytes long, as a whole number.
  const blake2b8 = (text) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > 128) throw new Error("text too long");
    const block = new Uint8Array(128);
    block.set(bytes);
    const view = new DataView(block.buffer);
    const m = Array.from({ length: 16 }, (_, i) => view.getBigUint64(8 * i, true));
    const h = IV.slice();
    h[0] ^= 0x01010000n ^ 8n;
    const v = [...h, ...IV];
    v[12] ^= BigInt(bytes.length);
    v[14] ^= MASK;
    const turn = (x, n) => ((x >> n) | (x << (64n - n))) & MASK;
    const mix = (a, b, c, d, x, y) => {
      v[a] = (v[a] + v[b] + x) & MASK; v[d] = turn(v[d] ^ v[a], 32n);
      v[c] = (v[c] + v[d]) & MASK; v[b] = turn(v[b] ^ v[c], 24n);
      v[a] = (v[a] + v[b] + y) & MASK; v[d] = turn(v[d] ^ v[a], 16n);
      v[c] = (v[c] + v[d]) & MASK; v[b] = turn(v[b] ^ v[c], 63n);
    };
    for (let round = 0; round < 12; round++) {
      const s = SIGMA[round % 10];
      mix(0, 4, 8, 12, m[s[0]], m[s[1]]); mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
      mix(2, 6, 10, 14, m[s[4]], m[s[5]]); mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
      mix(0, 5, 10, 15, m[s[8]], m[s[9]]); mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
      mix(2, 7, 8, 13, m[s[12]], m[s[13]]); mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    const word = h[0] ^ v[0] ^ v[8];
    let digest = 0n;
    for (let i = 0n; i < 8n; i++) digest = (digest << 8n) | ((word >> (8n * i)) & 0xffn);
    return digest;
  };

  // MT19937 (Matsumoto and Nishimura 1998), seeded with 32 bits.
  const twister = (seed) => {
    const state = new Uint32Array(624);
    state[0] = seed;
    for (let i = 1; i < 624; i++) {
      const x = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(x, 1812433253) + i;
    }
    let next = 624;
    return () => {
      if (next === 624) {
        for (let i = 0; i < 624; i++) {
          const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
          state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        next = 0;
      }
      let y = state[next++];
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    };
  };

  // Standard normal numbers as torch.randn draws them: in blocks of sixteen from 24-bit uniform
  // numbers, or one by one from 53-bit ones where there are fewer than sixteen.
  const normal = (random, count) => {
    const out = new Float32Array(count);
    if (count < 16) {
      let spare = null;
      for (let i = 0; i < count; i++) {
        if (spare !== null) { out[i] = spare; spare = null; continue; }
        const first = uniform53(random), second = uniform53(random);
        const radius = Math.sqrt(-2 * Math.log1p(-second)), angle = 2 * Math.PI * first;
        spare = radius * Math.sin(angle);
        out[i] = radius * Math.cos(angle);
      }
      return out;
    }
    const uniform24 = () => (random() & 0xffffff) / 16777216;
    for (let i = 0; i < count; i++) out[i] = uniform24();
    const block = (start) => {
      for (let j = start; j < start + 8; j++) {
        const radius = Math.sqrt(-2 * Math.log(1 - out[j])), angle = 2 * Math.PI * out[j + 8];
        out[j] = radius * Math.cos(angle);
        out[j + 8] = radius * Math.sin(angle);
      }
    };
    for (let i = 0; i + 16 <= count; i += 16) block(i);
    if (count % 16) {
      for (let i = count - 16; i < count; i++) out[i] = uniform24();
      block(count - 16);
    }
    return out;
  };

  const uniform53 = (random) => {
    const high = random() & 0x1fffff, low = random();
    return (high * 4294967296 + low) / 9007199254740992;
  };

  // --- the generator -----------------------------------------------------------------------

  const half = (bits) => {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, part = bits & 1023;
    if (exponent === 0) return sign * part * 2 ** -24;
    return sign * (1 + part / 1024) * 2 ** (exponent - 15);
  };

  class Generator {
    constructor(model) {
      this.model = model;
      const raw = atob(model.weights), bytes = new Uint8Array(raw.length);
      for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
      const halves = new Uint16Array(bytes.buffer);
      this.constants = model.constants.map(({ number, shape, start }) => ({
        number, shape,
        data: Float32Array.from(halves.subarray(start, start + size(shape)), half),
      }));
    }

    // Latents and label of a seed, as `artgan sample` draws them.
    draw(seed) {
      const random = twister(Number((blake2b8(`sample|${seed}`) >> 1n) & 0xffffffffn));
      const latents = normal(random, size(this.model.latent_shape));
      const weights = this.model.label_weights;
      if (!weights.length) return { latents, label: 0 };
      const total = weights.reduce((a, b) => a + b, 0), place = uniform53(random) * total;
      let label = 0;
      for (let sum = weights[0]; label < weights.length - 1 && place >= sum;)
        sum += weights[++label];
      return { latents, label };
    }

    // Pixels (H, W, 4) of latents, as ImageData wants them.
    pixels(latents, label) {
      const { inputs, output, operations, latent_shape: shape } = this.model;
      const values = new Map(this.constants.map((c) => [c.number, c]));
      values.set(inputs[0], { shape: [1, ...shape], data: latents });
      if (inputs.length > 1) values.set(inputs[1], { shape: [1], data: [label] });
      for (const op of operations) {
        const data = kernels[op.op](op, op.in.map((i) => values.get(i)));
        values.set(op.out, { shape: op.shape, data });
      }
      const { shape: [, channels, height, width], data } = values.get(output);
      const area = height * width, out = new Uint8ClampedArray(4 * area);
      for (let i = 0; i < area; i++)
        for (let c = 0; c < 4; c++) {
          const from = channels < 3 ? 0 : c;
          const value = c === 3 && channels !== 4 ? 1 : data[from * area + i];
          out[4 * i + c] = Math.round(Math.min(1, Math.max(-1, value)) * 127.5 + 127.5);
        }
      return { width, height, data: out };
    }
  }

  // From one latent to another along the sphere, at the length in between.
  const between = (a, b, t) => {
    const norm = (x) => Math.sqrt(x.reduce((s, v) => s + v * v, 0));
    const la = norm(a), lb = norm(b);
    const cosine = a.reduce((s, v, i) => s + v * b[i], 0) / (la * lb || 1);
    const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
    if (angle < 1e-4) return a.map((v, i) => v + (b[i] - v) * t);
    const length = la + (lb - la) * t, sine = Math.sin(angle);
    const wa = Math.sin((1 - t) * angle) / sine, wb = Math.sin(t * angle) / sine;
    return a.map((v, i) => length * (wa * v / la + wb * b[i] / lb));
  };

  const crc = (bytes) => {
    let value = -1;
    for (const byte of bytes) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value >>> 0;
  };

  // Put an XMP packet into the bytes of a PNG, as the chunk iTXt behind the first one, IHDR.
  const withPacket = (png, packet) => {
    const head = new TextEncoder().encode("iTXtXML:com.adobe.xmp\0\0\0\0\0");
    const chunk = new Uint8Array(4 + head.length + packet.length + 4);
    const numbers = new DataView(chunk.buffer);
    numbers.setUint32(0, head.length - 4 + packet.length);
    chunk.set(head, 4);
    chunk.set(packet, 4 + head.length);
    numbers.setUint32(chunk.length - 4, crc(chunk.subarray(4, chunk.length - 4)));
    const marked = new Uint8Array(png.length + chunk.length), start = 33;
    marked.set(png.subarray(0, start));
    marked.set(chunk, start);
    marked.set(png.subarray(start), start + chunk.length);
    return marked;
  };

  return { Generator, between, withPacket };
})();
