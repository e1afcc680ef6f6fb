/** What is compiled to WebAssembly (build/kernel.js): three loops, and all that they have to be told beforehand. */
export * from './ahead';
export * from './hosts';
export * from './plain';
export * from './ports';
export * from './records';
export * from './sift';
export * from './slots';
export * from './values';
