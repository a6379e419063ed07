import type { ja } from './ja';

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> } & Plurals<T>;
// A language with a singular has a "_one" beside each "_other".
type Plurals<T> = { [K in keyof T as K extends `${infer Stem}_other` ? `${Stem}_one` : never]?: string };

/** The shape of a catalogue: every key of the Japanese one. */
export type Catalogue = Words<typeof ja>;
