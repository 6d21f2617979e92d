export * from "./attempts.ts";
export * from "./events.ts";
export * from "./problem.ts";
export * from "./scenarios.ts";
export * from "./session.ts";
export * from "./terminal.ts";
