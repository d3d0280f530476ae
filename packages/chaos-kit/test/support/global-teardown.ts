export { teardown as default } from '@repo/jest-config/bundle-hub';
