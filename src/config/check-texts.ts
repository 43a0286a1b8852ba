/** Checks what citizens and officers read: no text is blank, and every field of a form has a name. */
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { object } from './schema-walk.ts';
import type { Spot, World } from './world.ts';

export function checkTexts(world: World): void {
  for (const file of world.files) checkBlank(world, file.value, { file, path: [] });
  for (const { name, file } of world.all('service')) {
    checkNames(world, world.catalogue.services.get(name)!.form, { file, path: ['form'] });
  }
  for (const { name, file } of world.all('route')) {
    for (const [step, { task }] of Object.entries(world.catalogue.routes.get(name)!.steps))
      if (task) checkNames(world, task.form, { file, path: ['steps', step, 'task', 'form'] });
  }
}

/** Every text in two languages, wherever it stands. */
function checkBlank(world: World, value: JsonValue, spot: Spot): void {
  if (typeof value !== 'object' || value === null) return;
  const names = Object.keys(value);
  const isText = names.length === 2 && names.includes('id') && names.includes('en');
  for (const [name, inner] of Object.entries(value)) {
    const at = { file: spot.file, path: [...spot.path, name] };
    const isBlank = isText && typeof inner === 'string' && inner.trim() === '';
    if (isBlank) world.report(at, 'missing_text', `The text in "${name}" is blank`, 'Write it');
    else checkBlank(world, inner, at);
  }
}

function checkNames(world: World, form: JsonObject, { file, path }: Spot): void {
  for (const [name, field] of Object.entries(object(form['properties']) ?? {})) {
    const { title, $ref } = object(field) ?? {};
    if (title !== undefined || $ref !== undefined) continue;
    const at = { file, path: [...path, 'properties', name] };
    const fix = 'Add title: Indonesian / English';
    world.warn(at, 'missing_title', `The field ${name} has no name that people can read`, fix);
  }
}
