/** Images that builds pull by themselves, on the hub under their real names. */
import { buildkitImage, frontendImage, scannerImage } from '../images/buildkit.ts';
import type { Part } from '../part.ts';
import { hubImages, pushToHub } from './base-images.ts';

const IMAGES = {
  'moby/buildkit:buildx-stable-1': buildkitImage,
  'docker/dockerfile:1': frontendImage,
  'docker/buildkit-syft-scanner:stable-1': scannerImage,
};

/** 1: BuildKit with git. */
const REVISION = 1;

export const builderImages: Part = hubImages(
  {
    name: 'builder-images',
    about: 'BuildKit, Dockerfile frontend and SBOM scanner on the hub',
    needs: ['hub', 'tools', 'buildkit', 'engine-programs'],
    set: 'all',
    async bring(context) {
      for (const [name, variants] of Object.entries(IMAGES))
        await pushToHub(context, name, work => variants(context.cache, work));
    },
  },
  Object.keys(IMAGES),
  REVISION,
);
