/** What is compiled to WebAssembly (build/kernel.js): two loops, and what they have to be told beforehand. */
export * from './sift';
export * from './plain';
