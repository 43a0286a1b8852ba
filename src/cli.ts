#!/usr/bin/env node
/** `jembatan <command>`: each command is a file in commands/. */
import { Command } from 'commander';
import { demoCommand } from './commands/demo-command.ts';
import { startCommand } from './commands/start-command.ts';

const program = new Command('jembatan').description('The service bus behind public service malls').showHelpAfterError();
program.addCommand(startCommand());
program.addCommand(demoCommand());
await program.parseAsync();
