/* What the pages have in common: buttons, a line of text and a picture. */
const find = (id) => document.getElementById(id);

/** `act` runs at a click; what it throws is shown. */
export function on(id, act) {
  find(id).addEventListener('click', () => {
    say('');
    Promise.resolve(act()).catch((error) => say(`${error.name}: ${error.message}`));
  });
}

export function say(text) {
  find('said').textContent = text;
}

export function show(stream) {
  find('seen').srcObject = stream;
}

export const openCamera = () => navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } });
