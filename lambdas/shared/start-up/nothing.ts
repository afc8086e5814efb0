/** Stands in for parts of the SDK that no function uses, such as names of browsers. */
export {};
