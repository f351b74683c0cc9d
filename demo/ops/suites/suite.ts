/** Tests the platform as the user. @returns one line that says what was seen @throws CheckFailed with what was wrong */
export type Suite = (user: string) => Promise<string>;
