/**
 * Runs in the interpreter before anything else: leaves ECMAScript and no more, without time, chance or source text. Its
 * own text is handed over as it stands here, so it uses nothing from outside itself.
 */
export function closeDoors(): void {
  const { construct, defineProperty, deleteProperty, getPrototypeOf, ownKeys } = Reflect;
  const Wrong = TypeError;
  const refuse = (what: string) => (): never => {
    throw new Wrong(`${what} is not there for connectors: all that they know is handed in with the call`);
  };
  const put = (at: object, name: string, value: unknown): void => {
    defineProperty(at, name, { value, writable: false, enumerable: false, configurable: false });
  };

  // Collected garbage and shared memory are no business of a conversion.
  const known =
    `Object Array String Number Boolean Symbol BigInt Math JSON Reflect Proxy Promise Iterator RegExp Date
    Map Set WeakMap WeakSet ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array
    Uint8ClampedArray BigInt64Array BigUint64Array Float16Array Float32Array Float64Array Function
    Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError InternalError
    parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent
    globalThis undefined NaN Infinity`.split(/\s+/);
  for (const name of ownKeys(globalThis)) {
    if (typeof name === 'string' && !known.includes(name)) deleteProperty(globalThis, name);
  }

  const closed = function Function(): never {
    return refuse('Source text')();
  };
  const kinds = [function () {}, function* () {}, async function () {}, async function* () {}];
  closed.prototype = getPrototypeOf(kinds[0]!);
  for (const kind of kinds) put(getPrototypeOf(kind)!, 'constructor', closed);
  put(globalThis, 'Function', closed);

  const Kept = Date;
  const still = function Date(this: unknown, ...parts: unknown[]): unknown {
    if (new.target === undefined || parts.length === 0) return refuse('The time')();
    return construct(Kept, parts, new.target);
  };
  still.prototype = Kept.prototype;
  put(still, 'parse', Kept.parse);
  put(still, 'UTC', Kept.UTC);
  put(still, 'now', refuse('The time'));
  put(Kept.prototype, 'constructor', still);
  put(globalThis, 'Date', still);
  put(Math, 'random', refuse('Chance'));
}
