export const noName = 'the operating system does not tell your name';
