const commands = 'setup|customer|key|forge|pepper|repository|execution|audit|whoami|migrate|backup|serve';
const command = new RegExp(String.raw`(?<=^|[\s\`:(])rsolv(?= (?:${commands})\b)`, 'g');

/** Replaces `rsolv` in the commands of a text by how this user calls it, such as `npm run rsolv --`. */
export const nameProgram = (text: string, program: string): string => text.replaceAll(command, () => program);
